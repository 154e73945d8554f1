import { formatDuration } from "../../duration.ts";
import type { Sample } from "../profile/sample.ts";
import { centredRanks, correlation } from "./association.ts";
import type { Candidate } from "./choose-features.ts";
import { EventSeries } from "./event-series.ts";
import { decisionKey, seriesOf, type EventSource } from "./event-sources.ts";
import { WINDOWS } from "./spans.ts";

/** So many decisions with a label are looked at for each group of windows. */
const MOST_TRIED = 10_000;
/** Events that the shortest window of a key holds on average, and that the longest must hold. */
const [ENOUGH, LEAST] = [2, 0.2];
/** A window is at most this share of the sample: a longer one is not full in it. */
const SHARE_OF_SPAN = 0.6;
/** Between one window and the next longer one. */
const STEP = 2;
const MOST_SPANS = 3;
/** Fields of a kind that are tried, and features of a group that are kept. */
const [MOST_FIELDS, MOST_KEPT] = [5, 6];

/** A feature over a window, with its values in the sample. */
export interface TriedWindow extends Candidate {
  readonly source: EventSource;
  readonly by: readonly string[];
  readonly field: string | null;
  readonly aggregate: "count" | "mean" | "last" | "since";
  readonly windowMs: number;
  readonly strength: number;
}

/** Tries windows over the events of a kind, by the values of these names. */
export class WindowTrials {
  /** Centred ranks of the labels that are looked at. */
  readonly label: Float64Array;
  readonly #sample: Sample;
  readonly #places: readonly number[];
  readonly #span: number;
  readonly #lengths: readonly number[];

  constructor(sample: Sample, labels: readonly (number | null)[]) {
    const labelled = labels.flatMap((label, at) => (label === null ? [] : [at]));
    const stride = Math.max(1, Math.ceil(labelled.length / MOST_TRIED));
    this.#sample = sample;
    this.#places = labelled.filter((_, at) => at % stride === 0);
    this.label = centredRanks(this.#places.map((at) => labels[at]!));
    const times = [sample.decisions, sample.events].flatMap((some) => [some[0], some.at(-1)]);
    const known = times.flatMap((one) => (one === undefined ? [] : [one.time]));
    this.#span = Math.max(1, Math.max(...known) - Math.min(...known));
    this.#lengths = WINDOWS.filter((windowMs) => windowMs <= SHARE_OF_SPAN * this.#span);
  }

  /** The strongest features of the group, the strongest first. A text: there is none, and why. */
  try(source: EventSource, by: readonly string[]): readonly TriedWindow[] | string {
    const fields = source.fields.slice(0, MOST_FIELDS);
    const series = new EventSeries(seriesOf({ ...source, fields }, by, this.#sample), fields.length);
    const decisions = this.#places.map((at) => this.#sample.decisions[at]!);
    const keys = decisions.map((decision) => decisionKey(by, decision));
    const longest = this.#lengths.at(-1);
    if (longest === undefined) return "the sample is too short for any";
    const held = keys.reduce((sum, key) => sum + series.size(key), 0) / Math.max(1, keys.length) / this.#span;
    if (held * longest < LEAST)
      return `would hold ${(held * longest).toPrecision(1)} events on average in ${formatDuration(longest)}`;
    const tried = spansFor(held, this.#lengths).flatMap((windowMs) => {
      const contents = keys.map((key, at) => series.window(key, decisions[at]!.time, windowMs));
      const tryOne = (
        aggregate: TriedWindow["aggregate"],
        field: string | null,
        values: readonly (number | null)[],
      ): TriedWindow => {
        const ranks = centredRanks(values);
        return { source, by, aggregate, field, windowMs, ranks, strength: Math.abs(correlation(ranks, this.label)) };
      };
      return [
        tryOne(
          "count",
          null,
          contents.map((one) => one?.count ?? null),
        ),
        tryOne(
          "since",
          null,
          contents.map((one) => one?.since ?? null),
        ),
        ...fields.flatMap((field, at) => [
          tryOne(
            "mean",
            field,
            contents.map((one) => one?.means[at] ?? null),
          ),
          tryOne(
            "last",
            field,
            contents.map((one) => one?.lasts[at] ?? null),
          ),
        ]),
      ];
    });
    return tried.sort((a, b) => b.strength - a.strength || a.windowMs - b.windowMs).slice(0, MOST_KEPT);
  }
}

/** @param held events of a key in a millisecond, on average over decisions */
function spansFor(held: number, lengths: readonly number[]): readonly number[] {
  const first = lengths.find((windowMs) => held * windowMs >= ENOUGH) ?? lengths.at(-1)!;
  const spans = [first];
  for (const windowMs of lengths)
    if (spans.length < MOST_SPANS && windowMs >= STEP * spans.at(-1)!) spans.push(windowMs);
  return spans;
}
