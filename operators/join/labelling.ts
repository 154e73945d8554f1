import { ownValue } from "../../streams/index.ts";
import { declaredValue, RunningLabel, type CompiledBlueprint } from "../../blueprints/index.ts";
import { recordLimits, type DecisionRecorded, type Joined } from "../../schemas/index.ts";
import type { PendingObservation } from "./known.ts";
import { isActivationAlone, joinEnd, nextWaitEnd } from "./logic.ts";
import type { Labelled } from "./subjects.ts";

export const labelled = ({ label, others }: Pick<Joined, "label" | "others">): Labelled => ({
  label,
  others: others.length === 0 ? null : others.map((other) => other.label),
});

/** For a blueprint with one label, and for labels with one wait. */
const none: readonly never[] = Object.freeze([]);

interface Rows {
  /** How many waits were over with their rows made. */
  readonly from: number;
  readonly to: number;
  /** The labels of the last row. */
  readonly former: Labelled;
  readonly option?: number | null;
  /** Event time, ms, from which there are rows; absent: from the end of the first wait on. */
  readonly active?: number;
}

/** A ranking shows no more options than a request has. */
const isPosition = (position: number): boolean =>
  Number.isInteger(position) && position >= 1 && position <= recordLimits.candidates;

/** The position at which an option was seen: the last one that was observed, of several at one time the topmost. */
class ObservedPlace {
  readonly #entry: string;
  #time = Number.NEGATIVE_INFINITY;
  position: number | null = null;

  constructor(entry: string) {
    this.#entry = entry;
  }

  add({ values, time }: PendingObservation): void {
    const position = declaredValue("number", ownValue(values, this.#entry) ?? null);
    if (typeof position !== "number" || !isPosition(position) || time < this.#time) return;
    if (time === this.#time && this.position !== null && position >= this.position) return;
    [this.position, this.#time] = [position, time];
  }
}

/**
 * The rows of one decision, or of one of its options, as its observations come. Labels and the position depend on the
 * set of observations, whatever their order.
 * An observation dated before its decision counts: it names the decision, so clocks differ. `stage` is the number of the
 * labels' waits that are over: labels with longer ones are null.
 */
export class Labelling {
  readonly #decision: DecisionRecorded;
  readonly #compiled: CompiledBlueprint;
  readonly #labels: readonly RunningLabel[];
  readonly #end: number;
  /** Index of the option whose rows these are; null: the decision has none. */
  readonly #option: number | null;
  readonly #place: ObservedPlace | undefined;
  /** The position in the last row. */
  #said: number | null;
  /** Event time, ms, of the newest observation, even if it does not count for the label. */
  #newest = Number.NEGATIVE_INFINITY;
  /** No row is dated before this event time, ms. */
  readonly #notBefore: number;

  constructor(
    decision: DecisionRecorded,
    compiled: CompiledBlueprint,
    option: number | null = null,
    notBefore = Number.NEGATIVE_INFINITY,
  ) {
    this.#decision = decision;
    this.#notBefore = notBefore;
    this.#option = option;
    const observed = option === null ? null : (compiled.options?.positions[0]?.observed ?? null);
    this.#place = observed === null ? undefined : new ObservedPlace(observed);
    this.#said = option === null ? null : decision.options[option]!.position;
    this.#compiled = compiled;
    this.#labels = compiled.labels.map((label) => new RunningLabel(label));
    this.#end = joinEnd(decision, compiled);
  }

  /**
   * The last row has the position that these observations tell.
   *
   * @param notBefore event time, ms: a correction is not dated before it
   */
  static of(
    decision: DecisionRecorded,
    compiled: CompiledBlueprint,
    observations: readonly PendingObservation[],
    option: number | null = null,
    notBefore = Number.NEGATIVE_INFINITY,
  ): Labelling {
    const labelling = new Labelling(decision, compiled, option, notBefore);
    for (const one of observations) labelling.add(one);
    labelling.#said = labelling.#position;
    return labelling;
  }

  get counted(): number {
    return this.#labels.reduce((sum, { counted }) => sum + counted, 0);
  }

  /** Adds an observation. One from after the TTL changes nothing, and an activation alone is none. */
  add(observation: PendingObservation): void {
    if (observation.time >= this.#end || isActivationAlone(observation)) return;
    this.#newest = Math.max(this.#newest, observation.time);
    for (const label of this.#labels) label.add(observation);
    this.#place?.add(observation);
  }

  /** The last row may have another position than the observations tell. */
  doubtPosition(): void {
    if (this.#place !== undefined) this.#said = Number.NaN;
  }

  /** As it was seen, else as it was recorded; null: there is no option. */
  get #position(): number | null {
    if (this.#option === null) return null;
    return this.#place?.position ?? this.#decision.options[this.#option]!.position;
  }

  /** The default if no observation counts; null: there is neither, or its wait is not over. */
  #value(at: number, stage: number): { readonly value: number; readonly time: number | null } | null {
    if (this.#compiled.matureAfter[at]! > stage) return null;
    const label = this.#labels[at]!.value;
    if (label !== null) return label;
    const fallback = this.#compiled.blueprint.labels[at]!.default;
    return fallback === null ? null : { value: fallback, time: null };
  }

  #others(stage: number): Joined["others"] {
    if (this.#labels.length === 1) return none;
    return this.#compiled.blueprint.labels.slice(1).map(({ name }, at) => {
      const label = this.#value(at + 1, stage);
      return { name, label: label?.value ?? null, labelTime: label?.time ?? null };
    });
  }

  /** The part of a row that its labels make. */
  #rowOf(stage: number): Omit<Joined, "rowTime" | "maturity" | "settled"> {
    const label = this.#value(0, stage);
    return {
      decision: this.#decision,
      label: label?.value ?? null,
      labelTime: label?.time ?? null,
      others: this.#others(stage),
      waiting: this.#names((waits) => waits > stage),
      option: this.#option,
      position: this.#position,
    };
  }

  /** The names of the labels that are mature after as many waits as `which` says. */
  #names(which: (waits: number) => boolean): readonly string[] {
    const { waits, matureAfter, blueprint } = this.#compiled;
    if (waits.length === 1) return none;
    return blueprint.labels.filter((_, at) => which(matureAfter[at]!)).map(({ name }) => name);
  }

  /**
   * The result at the end of a wait: a partial row while labels wait, then a provisional row while corrections may
   * come, a mature one otherwise, or an expiry. `undefined`: no label of a partial row is there yet.
   *
   * @param former the labels of the last row
   */
  rowAt(stage: number, former: Labelled): Joined | undefined {
    const row = this.#rowOf(stage);
    const { blueprint, waits, waitMs } = this.#compiled;
    const isEmpty = !hasLabel(labelled(row));
    const isPartial = stage < waits.length;
    if (isEmpty && isPartial) return undefined;
    this.#said = row.position;
    return {
      ...row,
      rowTime: Math.max(this.#decision.decisionTime + waits[stage - 1]!, this.#notBefore),
      maturity: isEmpty ? "expired" : isPartial ? "partial" : waitMs < blueprint.join.ttlMs ? "provisional" : "mature",
      settled: this.#names((waits) => waits === stage || (waits < stage && !hasLabel(former))),
    };
  }

  /**
   * The row corrected by all observations so far; `undefined` if its labels and its position stay. Its time is that of
   * the newest observation, whichever came last, and not before the end of the wait: a row is never dated before
   * something it knows.
   */
  correctedRow(former: Labelled, stage: number): Joined | undefined {
    const row = this.#rowOf(stage);
    const isSame = row.label === null || row.label === former.label;
    if (isSame && row.others.every((other, at) => other.label === null || other.label === former.others?.[at])) {
      if (row.position === this.#said || !hasLabel(labelled(row))) return undefined;
    }
    this.#said = row.position;
    const { waits } = this.#compiled;
    return {
      ...row,
      rowTime: Math.max(this.#decision.decisionTime + waits[stage - 1]!, this.#newest, this.#notBefore),
      maturity: stage < waits.length ? "partial" : "corrected",
      settled: hasLabel(former) ? none : this.#names((waits) => waits <= stage),
    };
  }

  /**
   * The rows at the ends of the waits after `from` up to `to`, each with the corrections by observations that came
   * before the next one: what is known at any time, if the observations are all there are.
   *
   * @param former the labels of the last row at `from`
   */
  static rows(
    decision: DecisionRecorded,
    compiled: CompiledBlueprint,
    observations: readonly PendingObservation[],
    { from, to, former, option = null, active = Number.NEGATIVE_INFINITY }: Rows,
  ): { readonly rows: readonly Joined[]; readonly labelling: Labelling } {
    const labelling = new Labelling(decision, compiled, option, active);
    const ordered = [...observations].sort((a, b) => a.time - b.time);
    const rows: Joined[] = [];
    let at = 0;
    let last = former;
    const push = (row: Joined | undefined): void => {
      if (row === undefined) return;
      rows.push(row);
      last = labelled(row);
    };
    for (let stage = from; stage <= to; stage++) {
      if (stage > from) push(labelling.rowAt(stage, last));
      const end = nextWaitEnd(decision, compiled, stage);
      while (at < ordered.length && ordered[at]!.time < end) {
        const { time } = ordered[at]!;
        while (at < ordered.length && ordered[at]!.time === time) labelling.add(ordered[at++]!);
        if (stage > from) push(labelling.correctedRow(last, stage));
      }
    }
    return { rows: shownFrom(active, rows, compiled), labelling };
  }
}

/**
 * The rows of a decision that was shown late. All that it would have had by then are one: its first row, which says what
 * the last of them says.
 */
function shownFrom(active: number, rows: readonly Joined[], { blueprint }: CompiledBlueprint): readonly Joined[] {
  const until = rows.findLastIndex(({ rowTime }) => rowTime <= active);
  if (until < 1) return rows;
  const settled = new Set(rows.slice(0, until + 1).flatMap((row) => row.settled));
  const last = rows[until]!;
  const first: Joined = {
    ...last,
    maturity: last.maturity === "corrected" ? "provisional" : last.maturity,
    settled: blueprint.labels.map(({ name }) => name).filter((name) => settled.has(name)),
  };
  return [first, ...rows.slice(until + 1)];
}

const hasLabel = ({ label, others }: Labelled): boolean => label !== null || (others ?? []).some((one) => one !== null);
