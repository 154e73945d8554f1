import { RunningLabel, type CompiledBlueprint } from "../../blueprints/index.ts";
import type { DecisionRecorded, Joined } from "../../schemas/index.ts";
import type { PendingObservation, Use } from "./known.ts";
import { joinEnd, waitEnd } from "./logic.ts";

/** The kept part of a row's labels, to know whether later ones differ. */
export type Labelled = Pick<Use, "label" | "others">;

export const labelled = ({ label, others }: Joined): Labelled => ({
  label,
  others: others.length === 0 ? null : others.map((other) => other.label),
});

/** For a blueprint with one label. */
const noOthers: Joined["others"] = [];

/**
 * The rows of one decision as its observations come. A label depends on the set of observations, whatever their order.
 * An observation dated before its decision counts: it names the decision, so clocks differ.
 */
export class Labelling {
  readonly #decision: DecisionRecorded;
  readonly #compiled: CompiledBlueprint;
  readonly #labels: readonly RunningLabel[];
  readonly #end: number;
  /** Event time, ms, of the newest observation, even if it does not count for the label. */
  #newest = Number.NEGATIVE_INFINITY;

  constructor(decision: DecisionRecorded, compiled: CompiledBlueprint) {
    this.#decision = decision;
    this.#compiled = compiled;
    this.#labels = compiled.labels.map((label) => new RunningLabel(label));
    this.#end = joinEnd(decision, compiled);
  }

  static of(
    decision: DecisionRecorded,
    compiled: CompiledBlueprint,
    observations: readonly PendingObservation[],
  ): Labelling {
    const labelling = new Labelling(decision, compiled);
    for (const one of observations) labelling.add(one);
    return labelling;
  }

  get counted(): number {
    return this.#labels.reduce((sum, { counted }) => sum + counted, 0);
  }

  /** Adds an observation. One from after the TTL changes nothing. */
  add(observation: PendingObservation): void {
    if (observation.time >= this.#end) return;
    this.#newest = Math.max(this.#newest, observation.time);
    for (const label of this.#labels) label.add(observation);
  }

  /** The default if no observation counts; null: there is neither. */
  #value(at: number): { readonly value: number; readonly time: number | null } | null {
    const label = this.#labels[at]!.value;
    if (label !== null) return label;
    const fallback = this.#compiled.blueprint.labels[at]!.default;
    return fallback === null ? null : { value: fallback, time: null };
  }

  #others(): Joined["others"] {
    if (this.#labels.length === 1) return noOthers;
    return this.#compiled.blueprint.labels.slice(1).map(({ name }, at) => {
      const label = this.#value(at + 1);
      return { name, label: label?.value ?? null, labelTime: label?.time ?? null };
    });
  }

  /**
   * The result at the end of the wait: a provisional row while corrections may come, a mature one otherwise, or an
   * expiry.
   */
  firstRow(): Joined {
    const label = this.#value(0);
    const others = this.#others();
    const { blueprint, waitMs } = this.#compiled;
    const isExpired = label === null && others.every((other) => other.label === null);
    return {
      decision: this.#decision,
      label: label?.value ?? null,
      labelTime: label?.time ?? null,
      rowTime: waitEnd(this.#decision, this.#compiled),
      maturity: isExpired ? "expired" : waitMs < blueprint.join.ttlMs ? "provisional" : "mature",
      others,
    };
  }

  /**
   * The row corrected by all observations so far; `undefined` if the labels stay. Its time is that of the newest
   * observation, whichever came last, and not before the first row's: a row is never dated before something it knows.
   */
  correctedRow(former: Labelled): Joined | undefined {
    const label = this.#value(0);
    const others = this.#others();
    const isSame = label === null || label.value === former.label;
    if (isSame && others.every((other, at) => other.label === null || other.label === former.others?.[at])) {
      return undefined;
    }
    const rowTime = Math.max(waitEnd(this.#decision, this.#compiled), this.#newest);
    return {
      decision: this.#decision,
      label: label?.value ?? null,
      labelTime: label?.time ?? null,
      rowTime,
      maturity: "corrected",
      others,
    };
  }

  /** The first row, with the corrections by observations from after the wait that came before the row was made. */
  static atWaitEnd(
    decision: DecisionRecorded,
    compiled: CompiledBlueprint,
    observations: readonly PendingObservation[],
  ): { readonly rows: readonly [Joined, ...Joined[]]; readonly labelling: Labelling } {
    const labelling = new Labelling(decision, compiled);
    const end = waitEnd(decision, compiled);
    const ordered = [...observations].sort((a, b) => a.time - b.time);
    let at = 0;
    for (; at < ordered.length && ordered[at]!.time < end; at++) labelling.add(ordered[at]!);
    const rows: [Joined, ...Joined[]] = [labelling.firstRow()];
    while (at < ordered.length) {
      const { time } = ordered[at]!;
      for (; at < ordered.length && ordered[at]!.time === time; at++) labelling.add(ordered[at]!);
      const corrected = labelling.correctedRow(labelled(rows.at(-1)!));
      if (corrected !== undefined) rows.push(corrected);
    }
    return { rows, labelling };
  }
}

/** Most observations over all remembered labellings, at about 200 bytes each. */
const MOST_COUNTED = 100_000;

interface Remembered {
  readonly state: string;
  readonly labelling: Labelling;
}

/**
 * The labellings of decisions with many observations, so that one more does not need a reading of all others. Only a
 * memory of the state: each labelling belongs to the state it was made from, and is made anew for another state. The
 * least recently used one goes first.
 */
export class Labellings {
  readonly #remembered = new Map<string, Remembered>();
  #counted = 0;

  take(decision: string, state: string): Labelling | undefined {
    const found = this.#remembered.get(decision);
    this.forget(decision);
    return found?.state === state ? found.labelling : undefined;
  }

  forget(decision: string): void {
    const found = this.#remembered.get(decision);
    if (found === undefined) return;
    this.#remembered.delete(decision);
    this.#counted -= found.labelling.counted;
  }

  /** Take it again before it changes. */
  remember(decision: string, state: string, labelling: Labelling): void {
    this.forget(decision);
    this.#remembered.set(decision, { state, labelling });
    this.#counted += labelling.counted;
    while (this.#counted > MOST_COUNTED && this.#remembered.size > 1) {
      this.forget(this.#remembered.keys().next().value!);
    }
  }
}
