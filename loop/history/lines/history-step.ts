import type { Published } from "../../../streams/index.ts";
import type { LineFacts, LineName } from "../again/line-names.ts";

/** A line that could not be used. */
export interface BadLine {
  readonly file: string;
  readonly line: number;
  readonly problem: string;
  readonly text: string;
  readonly name: LineName;
}

/** A line as it is published. */
export interface HistoryLine {
  readonly name: LineName;
  readonly line: number;
  readonly facts?: LineFacts;
  /** A request; an observation, and behind it the event that it also is; an event of no decision. */
  readonly records: readonly Published<unknown>[];
  /** The event among them has no keys of a decision: it is not in the file before it, or its TTL was over. */
  readonly keyless?: boolean;
}

export const recordsOf = (lines: readonly HistoryLine[]): readonly Published<unknown>[] =>
  lines.flatMap(({ records }) => records);

/** The history up to, and without, one moment of event time. */
export interface HistoryStep {
  /**
   * The start of its stretch of `stepMs`; event time, ms. Its lines are of that stretch, but for bad ones before the
   * first good one.
   */
  readonly from: number;
  /** Event time, ms: everything before it has been read, and nothing behind it is in the step. */
  readonly until: number;
  readonly requests: readonly HistoryLine[];
  readonly outcomes: readonly HistoryLine[];
  /** Events of no decision. */
  readonly events: readonly HistoryLine[];
  readonly bad: readonly BadLine[];
  /** Observations that are left out until the lines of their decisions are mended; absent: none. */
  readonly waiting?: number;
  /** Lines that were in the file before with the same values; absent: none. */
  readonly repeated?: number;
}
