/** An option before it has features: a candidate of a request, or an action with its settings. */
export interface OptionGiven {
  readonly optionId: string;
  readonly context: Readonly<Record<string, null | boolean | number | string>>;
}

/** An earlier candidate has its id; the blueprint has no such action. */
export type UnfitCandidate = "repeated" | "noAction";

/**
 * The options that a request may be answered with, each once: those of the blueprint, of which candidates may name a part, or the
 * candidates.
 *
 * @param onUnfit called for a candidate that counts for nothing
 */
export function optionsOf(
  candidates: readonly OptionGiven[],
  { actions }: { readonly actions: readonly OptionGiven[] | null },
  onUnfit: (optionId: string, problem: UnfitCandidate) => void = () => undefined,
): readonly OptionGiven[] {
  if (actions !== null && candidates.length === 0) return actions;
  const declared = actions === null ? undefined : new Map(actions.map((action) => [action.optionId, action]));
  const given = new Map<string, OptionGiven>();
  for (const candidate of candidates) {
    const { optionId } = candidate;
    const option = declared === undefined ? candidate : declared.get(optionId);
    if (option === undefined) onUnfit(optionId, "noAction");
    else if (given.has(optionId)) onUnfit(optionId, "repeated");
    else given.set(optionId, option);
  }
  return [...given.values()];
}
