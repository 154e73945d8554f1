import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { DecisionRecorded, Joined } from "../../schemas/index.ts";
import type { PendingObservation } from "./known.ts";
import { lastOf, type Shown } from "./logic.ts";
import { labelled, Labelling } from "./labelling.ts";
import { concerns, labelledAll, labelledAt, subjectsOf, unlabelled, type Labelled, type Subject } from "./subjects.ts";

/** Rows, and the labels of all subjects with them. */
export interface Relabelled {
  readonly rows: readonly Joined[];
  readonly labels: Labelled;
}

interface From {
  /** How many waits were over with their rows made. */
  readonly from: number;
  readonly to: number;
  /** The labels of the last rows. */
  readonly former: Labelled;
  readonly shown: Shown;
}

/** The rows of all that has labels in a decision. */
export class DecisionLabelling {
  readonly #subjects: readonly Subject[];
  readonly #each: readonly Labelling[];
  readonly #labels: number;

  private constructor(subjects: readonly Subject[], each: readonly Labelling[], labels: number) {
    this.#subjects = subjects;
    this.#each = each;
    this.#labels = labels;
  }

  /** The last rows have the positions that these observations tell. */
  static of(
    decision: DecisionRecorded,
    compiled: CompiledBlueprint,
    observations: readonly PendingObservation[],
    { times }: Shown,
  ): DecisionLabelling {
    const notBefore = lastOf(times);
    const subjects = subjectsOf(decision, compiled);
    const each = subjects.map((subject) =>
      Labelling.of(decision, compiled, ofSubject(subject, observations), subject.option, notBefore),
    );
    return new DecisionLabelling(subjects, each, compiled.labels.length);
  }

  /** As `Labelling.rows`, of each subject. */
  static rows(
    decision: DecisionRecorded,
    compiled: CompiledBlueprint,
    observations: readonly PendingObservation[],
    { from, to, former, shown }: From,
  ): Relabelled & { readonly labelling: DecisionLabelling } {
    const labels = compiled.labels.length;
    const subjects = subjectsOf(decision, compiled);
    const made = subjects.map((subject, at) => {
      const before = labelledAt(former, at, labels);
      const seen = ofSubject(subject, observations);
      const { rows, labelling } = Labelling.rows(decision, compiled, seen, {
        ...{ from, to, former: before, option: subject.option, active: shown.from },
      });
      const last = rows.at(-1);
      return { rows, labelling, now: last === undefined ? before : labelled(last) };
    });
    return {
      rows: made.flatMap(({ rows }) => rows),
      labels: labelledAll(
        made.map(({ now }) => now),
        labels,
      ),
      labelling: new DecisionLabelling(
        subjects,
        made.map(({ labelling }) => labelling),
        labels,
      ),
    };
  }

  get counted(): number {
    return this.#each.reduce((sum, { counted }) => sum + counted, 0);
  }

  add(one: PendingObservation): void {
    for (const [at, subject] of this.#subjects.entries()) if (concerns(subject, one)) this.#each[at]!.add(one);
  }

  /** The last rows may have other positions than the observations tell. */
  doubtPositions(): void {
    for (const labelling of this.#each) labelling.doubtPosition();
  }

  /** The rows whose labels or positions have changed. */
  corrected(former: Labelled, stage: number): Relabelled {
    const rows: Joined[] = [];
    const now = this.#each.map((labelling, at) => {
      const before = labelledAt(former, at, this.#labels);
      const row = labelling.correctedRow(before, stage);
      if (row === undefined) return before;
      rows.push(row);
      return labelled(row);
    });
    return { rows, labels: rows.length === 0 ? former : labelledAll(now, this.#labels) };
  }
}

interface Earlier {
  /** How many waits are over with their rows made. */
  readonly stage: number;
  /** Event time, ms, from which there are rows now. */
  readonly active: number;
  /** Event time, ms, from which there were rows before. */
  readonly until: number;
}

/**
 * The rows of a decision that turns out to have been shown earlier: those before the ones that exist, and the last one
 * once more at the end.
 */
export function earlierRows(
  decision: DecisionRecorded,
  compiled: CompiledBlueprint,
  observations: readonly PendingObservation[],
  { stage, active, until }: Earlier,
): readonly Joined[] {
  return subjectsOf(decision, compiled).flatMap((subject) => {
    const { rows } = Labelling.rows(decision, compiled, ofSubject(subject, observations), {
      ...{ from: 0, to: stage, former: unlabelled, option: subject.option, active },
    });
    const earlier = rows.filter(({ rowTime }) => rowTime < until);
    const last = rows.at(-1);
    if (last === undefined || earlier.length === 0) return [];
    const all = [...earlier, { ...last, rowTime: Math.max(last.rowTime, until) }];
    // Labels were new with the rows that exist.
    return all.map((row) => ({ ...row, settled: [] }));
  });
}

/** The observations that count for a subject. */
export const ofSubject = (
  subject: Subject,
  observations: readonly PendingObservation[],
): readonly PendingObservation[] =>
  observations.every(({ optionId }) => optionId === "")
    ? observations
    : observations.filter((one) => concerns(subject, one));
