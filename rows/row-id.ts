interface Named {
  readonly decisionId: string;
  readonly optionId?: string | null;
}

/**
 * Names what a row is about: a decision, or one of its options. Of one decision the ids lie together, in the order of decision ids.
 */
export function rowId({ decisionId, optionId }: Readonly<Record<string, unknown>> | Named): string {
  return typeof optionId === "string" ? `${String(decisionId)}\0${optionId}` : String(decisionId);
}
