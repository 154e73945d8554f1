import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { DecisionRecorded, Joined } from "../../schemas/index.ts";
import type { PendingObservation } from "./known.ts";
import { ofSubject, type Relabelled } from "./decision-labelling.ts";
import { labelled, Labelling } from "./labelling.ts";
import { lastOf, waitEnds, type Shown } from "./logic.ts";
import { concerns, labelledAll, labelledAt, subjectsOf, unlabelled, type Labelled } from "./subjects.ts";

interface Restating {
  readonly decision: DecisionRecorded;
  readonly compiled: CompiledBlueprint;
  /** How many waits are over with their rows made. */
  readonly stage: number;
  /** The observations that the rows should know. */
  readonly seen: readonly PendingObservation[];
  /** The one of them that the rows do not know yet. */
  readonly one: PendingObservation;
  readonly shown: Shown;
}

/**
 * The rows of each subject that the observation concerns: made anew, or of one whose observation came in its turn, corrected.
 *
 * @returns `undefined`: it came in its turn for all of them
 */
export function restatedRows({
  former,
  ...restating
}: Restating & { readonly former: Labelled }): Relabelled | undefined {
  const { decision, compiled, stage, seen, one, shown } = restating;
  const labels = compiled.labels.length;
  const subjects = subjectsOf(decision, compiled);
  const own = subjects.map((subject) => (concerns(subject, one) ? ofSubject(subject, seen) : undefined));
  const restated = subjects.map(({ option }, at) => own[at] && restatedOf({ ...restating, seen: own[at] }, option));
  if (restated.every((each) => each === undefined)) return undefined;
  const rows: Joined[] = [];
  const now = subjects.map(({ option }, at) => {
    const before = labelledAt(former, at, labels);
    const known = own[at];
    if (known === undefined) return before;
    const corrected = (): Joined | undefined => {
      const others = known.filter(({ id }) => id !== one.id);
      const labelling = Labelling.of(decision, compiled, others, option, lastOf(shown.times));
      labelling.add(one);
      return labelling.correctedRow(before, stage);
    };
    const made = restated[at] ?? [corrected() ?? []].flat();
    rows.push(...made);
    return made.length === 0 ? before : labelled(made.at(-1)!);
  });
  return { rows, labels: labelledAll(now, labels) };
}

/**
 * History comes file by file: an observation in a later file may be from before the end of a wait whose row exists, or
 * from before an observation that corrected it. The rows are then not corrected, but made as they would have been: one
 * for each time at which a row may exist and says something else now, and the last one at the end.
 *
 * @returns `undefined`: it came in its turn
 */
function restatedOf(
  { decision, compiled, stage, seen, one, shown }: Restating,
  option: number | null,
): readonly Joined[] | undefined {
  const ends = waitEnds(decision, compiled);
  const known = [...seen.map(({ time }) => time), ...shown.times];
  if (one.time >= ends[stage - 1]! && lastOf(known) <= one.time) return undefined;
  const rowsOf = (some: readonly PendingObservation[]): ReadonlyMap<number, Joined> => {
    const { rows } = Labelling.rows(decision, compiled, some, {
      ...{ from: 0, to: stage, former: unlabelled, option, active: shown.from },
    });
    return new Map(rows.map((row) => [row.rowTime, row]));
  };
  const [before, after] = [rowsOf(seen.filter(({ id }) => id !== one.id)), rowsOf(seen)];
  // An earlier restatement may have left a row at the time of any observation, and of any activation.
  const observed = known.filter((time) => time >= ends[0]!);
  const times = [...new Set([...before.keys(), ...after.keys(), ...observed])].sort((a, b) => a - b);
  const restated: Joined[] = [];
  let was: Joined | undefined;
  let is: Joined | undefined;
  for (const time of times) {
    was = before.get(time) ?? was;
    is = after.get(time) ?? is;
    if (is !== undefined && !isSame(was, is)) restated.push({ ...is, rowTime: time });
  }
  if (restated.length > 0 && is !== undefined && isSame(was, is)) restated.push(is);
  return restated;
}

function isSame(before: Joined | undefined, after: Joined): boolean {
  if (before === undefined) return false;
  const { label, labelTime, maturity, others, position } = after;
  return (
    label === before.label &&
    position === before.position &&
    labelTime === before.labelTime &&
    maturity === before.maturity &&
    others.every((other, at) => {
      const was = before.others[at]!;
      return other.label === was.label && other.labelTime === was.labelTime;
    })
  );
}
