interface Named {
  readonly decisionId: string;
  readonly optionId?: string | null;
}

/**
 * Names what a row is about: a decision, or one of its options. Those of one decision lie together, in the order of
 * decision ids.
 */
export function rowId({ decisionId, optionId }: Readonly<Record<string, unknown>> | Named): string {
  return `${String(decisionId)}${optionPart(optionId)}`;
}

/** Ids may hold any character: with the length behind it no two pairs of ids give one text. Empty without an option. */
export const optionPart = (optionId: unknown): string =>
  typeof optionId === "string" ? `\0${optionId}\0${optionId.length}` : "";
