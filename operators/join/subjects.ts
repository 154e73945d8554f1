import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { DecisionRecorded } from "../../schemas/index.ts";
import type { PendingObservation, Use } from "./known.ts";

/** What has labels, and rows, of its own: a decision, or one of its options that were shown. */
export interface Subject {
  /** Index in the decision's options; null: the decision. */
  readonly option: number | null;
  readonly optionId: string;
}

const whole: readonly Subject[] = Object.freeze([Object.freeze({ option: null, optionId: "" })]);

/** In the order in which their labels are kept. None: no option was shown. */
export function subjectsOf(
  decision: DecisionRecorded,
  { options }: Pick<CompiledBlueprint, "options">,
): readonly Subject[] {
  if (options === null) return whole;
  return decision.options.flatMap(({ optionId, position }, option) =>
    position === null ? [] : [{ option, optionId }],
  );
}

/** Without an option an observation counts for all that were shown. */
export const concerns = ({ optionId }: Subject, one: Pick<PendingObservation, "optionId">): boolean =>
  one.optionId === "" || one.optionId === optionId;

/** Whether an observation names an option that the decision did not show, or an option of a decision without any. */
export const namesUnknown = (
  { optionId }: Pick<PendingObservation, "optionId">,
  { options }: DecisionRecorded,
): boolean => optionId !== "" && !options.some((option) => option.position !== null && option.optionId === optionId);

/** The labels of the last row of one subject. */
export type Labelled = Pick<Use, "label" | "others">;

/** Of a subject without a row. */
export const unlabelled: Labelled = Object.freeze({ label: null, others: null });

/**
 * The labels of one subject among those of a decision, which are kept one after the other.
 *
 * @param labels how many labels each has
 */
export function labelledAt(all: Labelled, at: number, labels: number): Labelled {
  if (all.others === null || (at === 0 && all.others.length === labels - 1)) return at === 0 ? all : unlabelled;
  const flat = [all.label, ...all.others].slice(at * labels, (at + 1) * labels);
  return { label: flat[0] ?? null, others: labels === 1 ? null : flat.slice(1) };
}

/** The labels of all subjects, one after the other. */
export function labelledAll(each: readonly Labelled[], labels: number): Labelled {
  if (each.length === 1) return each[0]!;
  const flat = each.flatMap(({ label, others }) => [label, ...(others ?? Array<null>(labels - 1).fill(null))]);
  return { label: flat[0] ?? null, others: flat.length <= 1 ? null : flat.slice(1) };
}
