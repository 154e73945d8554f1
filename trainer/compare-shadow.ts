import type { CompiledBlueprint } from "../blueprints/index.ts";
import { isInShadow, type ShadowSpan, type ValidBlueprints } from "../catalogue/index.ts";
import { decisionsInOrder, LeftOutRows, rowsInOrder, type DecisionOrderOptions } from "../rows/index.ts";
import type { DecisionRecorded, TrainingRow } from "../schemas/index.ts";
import { ownValue, type Backbone, type Serdes } from "../streams/index.ts";
import { PredictionPairs, type LabelFigures } from "./prediction-pairs.ts";

/** A version in shadow beside the live versions, over the decisions of its spans. */
export interface ShadowFigures {
  /** Decision times of the first and the last one that both made, ms; null: there is none. */
  readonly from: number | null;
  readonly to: number | null;
  /** Decisions that both made. The figures are over these. */
  readonly decisions: number;
  /** Decisions that only the live loop made: the version in shadow is behind, or refused them. */
  readonly liveOnly: number;
  /** Decisions that only the version in shadow made: the live loop had no version then, or refused them. */
  readonly shadowOnly: number;
  /** Decisions with another value. */
  readonly flipped: number;
  /** The changes of values, the most frequent first; the rest is in the last one, without values. */
  readonly flips: readonly Flip[];
  /** By label of the version in shadow. */
  readonly labels: Readonly<Record<string, LabelFigures>>;
}

export interface Flip {
  readonly live: DecisionRecorded["value"];
  readonly shadow: DecisionRecorded["value"];
  readonly decisions: number;
}

export interface CompareOptions extends Pick<DecisionOrderOptions, "bytes" | "spill"> {
  readonly spans: readonly ShadowSpan[];
}

/** The changes that are listed. */
const MOST_FLIPS = 20;

/**
 * Compares the decisions of a version in shadow with the live ones, by decision id and time, in bounded memory but for
 * four bytes a prediction. Labels and weights are those of its newest rows. Of options the predictions are compared of each that
 * either version showed, if it is on the other's record too.
 * @param live the topics of the live loop
 * @param shadow the same as the version in shadow sees them
 */
export async function compareShadow(
  { live, shadow, serdes }: { readonly live: Backbone; readonly shadow: Backbone; readonly serdes: Serdes },
  compiled: CompiledBlueprint,
  known: ValidBlueprints,
  { spans, ...memory }: CompareOptions,
): Promise<ShadowFigures> {
  const { useCase } = compiled.blueprint;
  const from = spans.reduce((least, span) => Math.min(least, span.from), Number.POSITIVE_INFINITY);
  const to = spans.reduce((most, span) => Math.max(most, span.to), Number.NEGATIVE_INFINITY);
  const range = { from, to, ...memory };
  const leftOut = new LeftOutRows(compiled.blueprint, known);
  const its = decisionsInOrder(shadow, serdes, useCase, range);
  const theirs = new Following(decisionsInOrder(live, serdes, useCase, range), placeOf);
  const rows = new Following(rowsInOrder(shadow, serdes, compiled, known, { ...range, leftOut }), rowPlace);
  const figures = new Figures(compiled);
  try {
    for await (const again of its) {
      if (!isInShadow(spans, again.decisionTime)) continue;
      const place = placeOf(again);
      const made = await theirs.at(place, ({ decisionTime }) => {
        if (isInShadow(spans, decisionTime)) figures.liveOnly++;
      });
      figures.take(made, again, await rows.all(place));
    }
    for await (const { decisionTime } of theirs.rest()) if (isInShadow(spans, decisionTime)) figures.liveOnly++;
  } finally {
    await theirs.close();
    await rows.close();
  }
  return figures.result();
}

type Place = readonly [time: number, id: string];

const placeOf = ({ decisionTime, decisionId }: DecisionRecorded): Place => [decisionTime, decisionId];
const rowPlace = (row: TrainingRow): Place => [row["decisionTime"] as number, row["decisionId"] as string];
const isBefore = ([time, id]: Place, [otherTime, otherId]: Place): boolean =>
  time === otherTime ? id < otherId : time < otherTime;

/** Items in the order of their places, read along with others in the same order. */
class Following<T> {
  readonly #items: AsyncGenerator<T>;
  readonly #placeOf: (item: T) => Place;
  #next: T | undefined;
  #begun = false;

  constructor(items: AsyncGenerator<T>, place: (item: T) => Place) {
    this.#items = items;
    this.#placeOf = place;
  }

  /** The item of a place, which must not lie before that of the last call. */
  async at(place: Place, onPassed: (item: T) => void = () => undefined): Promise<T | undefined> {
    if (!this.#begun) await this.#take();
    while (this.#next !== undefined && isBefore(this.#placeOf(this.#next), place)) {
      onPassed(this.#next);
      await this.#take();
    }
    const found = this.#next;
    if (found === undefined || isBefore(place, this.#placeOf(found))) return undefined;
    await this.#take();
    return found;
  }

  /** All items of a place. */
  async all(place: Place): Promise<readonly T[]> {
    const found: T[] = [];
    for (let one = await this.at(place); one !== undefined; one = await this.at(place)) found.push(one);
    return found;
  }

  async *rest(): AsyncGenerator<T> {
    if (this.#begun && this.#next !== undefined) yield this.#next;
    if (!this.#begun || this.#next !== undefined) yield* this.#items;
  }

  async close(): Promise<void> {
    await this.#items.return(undefined);
  }

  async #take(): Promise<void> {
    this.#begun = true;
    const { done, value } = await this.#items.next();
    this.#next = done === true ? undefined : (value as T);
  }
}

type Predictions = DecisionRecorded["predictions"];
type Predicted = readonly [
  live: Predictions | undefined,
  shadow: Predictions | undefined,
  row: TrainingRow | undefined,
];

/** Of a decision one, and one of each option that either version showed. */
function predicted(
  live: DecisionRecorded,
  shadow: DecisionRecorded,
  rows: readonly TrainingRow[],
): readonly Predicted[] {
  if (live.options.length === 0 && shadow.options.length === 0)
    return [[live.predictions, shadow.predictions, rows[0]]];
  const byId = ({ options }: DecisionRecorded) => new Map(options.map((option) => [option.optionId, option]));
  const [lives, shadows] = [byId(live), byId(shadow)];
  const shown = [...live.options, ...shadow.options].filter(({ position }) => position !== null);
  return [...new Set(shown.map(({ optionId }) => optionId))].map((id) => [
    lives.get(id)?.predictions,
    shadows.get(id)?.predictions,
    rows.find((row) => row["optionId"] === id),
  ]);
}

class Figures {
  liveOnly = 0;
  readonly #labels: readonly { readonly name: string; readonly column: string; readonly pairs: PredictionPairs }[];
  readonly #flips = new Map<string, { -readonly [K in keyof Flip]: Flip[K] }>();
  #decisions = 0;
  #shadowOnly = 0;
  #flipped = 0;
  #from: number | null = null;
  #to: number | null = null;

  readonly #weight: CompiledBlueprint["weight"];

  constructor({ blueprint, labelColumns, weight }: CompiledBlueprint) {
    this.#weight = weight;
    this.#labels = blueprint.labels.map(({ name, objective }, at) => ({
      name,
      column: labelColumns[at]!.value,
      pairs: new PredictionPairs(objective, weight !== undefined),
    }));
  }

  /** @param rows of the decision, or of its options */
  take(live: DecisionRecorded | undefined, shadow: DecisionRecorded, rows: readonly TrainingRow[]): void {
    if (live === undefined) {
      this.#shadowOnly++;
      return;
    }
    this.#decisions++;
    this.#from ??= shadow.decisionTime;
    this.#to = shadow.decisionTime;
    if (live.value !== shadow.value) this.#flip(live.value, shadow.value);
    for (const [ours, its, row] of predicted(live, shadow, rows)) {
      const weight = row === undefined || this.#weight === undefined ? 1 : this.#weight.of(row);
      for (const { name, column, pairs } of this.#labels) {
        const label = row?.[column];
        pairs.add(
          ours && ownValue(ours, name),
          its && ownValue(its, name),
          typeof label === "number" && !Number.isNaN(label) && weight !== null ? label : undefined,
          weight ?? undefined,
        );
      }
    }
  }

  #flip(live: Flip["live"], shadow: Flip["shadow"]): void {
    this.#flipped++;
    const key = JSON.stringify([live, shadow]);
    const flip = this.#flips.get(key);
    if (flip === undefined) this.#flips.set(key, { live, shadow, decisions: 1 });
    else flip.decisions++;
  }

  result(): ShadowFigures {
    const flips = [...this.#flips.values()].sort((a, b) => b.decisions - a.decisions);
    const listed = flips.slice(0, MOST_FLIPS);
    const others = flips.slice(MOST_FLIPS).reduce((sum, { decisions }) => sum + decisions, 0);
    return {
      from: this.#from,
      to: this.#to,
      decisions: this.#decisions,
      liveOnly: this.liveOnly,
      shadowOnly: this.#shadowOnly,
      flipped: this.#flipped,
      flips: others === 0 ? listed : [...listed, { live: null, shadow: null, decisions: others }],
      labels: Object.fromEntries(this.#labels.map(({ name, pairs }) => [name, pairs.figures()])),
    };
  }
}
