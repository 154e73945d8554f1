import type { DecisionRecorded, HourlyStats } from "../../schemas/index.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** How often the policy's proposal is the choice that the product made itself. */
export type Agreement = Writable<HourlyStats["agreement"]>;

export const noAgreement = (): Agreement => ({ proposals: 0, agreed: 0, agreedFirst: 0 });

/** Two of them in their longest form: six counts and brackets. */
export const agreementsBytes = 6 * 17 + 12;

/**
 * Counts a decision that has both choices. A proposal that was drawn counts as it was drawn, and recorded. Nothing is counted where the policy had
 * nothing to propose, or where the loop does not know what the product did.
 */
export function countAgreement(into: Agreement, { proposed, value, options }: DecisionRecorded): void {
  if (proposed.length === 0 || value === null) return;
  const shown = options.filter(({ position }) => position !== null).map(({ optionId }) => optionId);
  const acted = shown.length === 0 ? [value] : shown;
  into.proposals++;
  if (proposed[0] === acted[0]) into.agreedFirst++;
  if (proposed.length === acted.length && proposed.every((each, at) => each === acted[at])) into.agreed++;
}
