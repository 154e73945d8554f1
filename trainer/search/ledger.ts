/** One trial of a search. */
export interface TrialEntry {
  readonly learner: string;
  /** All of them, as they were tried. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Names of the columns that it did without. */
  readonly dropped: readonly string[];
  /** Mean loss after a fit on a part of the rows; null: there were too few rows for that. */
  readonly sampleLoss: number | null;
  /** Mean loss of the rows that judged; null: it was given up after the sample. */
  readonly loss: number | null;
  /** The steps that were best; null: all. */
  readonly steps: number | null;
  /** Processor time. */
  readonly seconds: number;
}

/** What a search tried, and what it chose. */
export interface SearchLedger {
  /** Numbered from 0. */
  readonly trials: readonly TrialEntry[];
  /** The trials that the model is made of: several are blended. */
  readonly chosen: readonly number[];
  /** Of what was chosen. */
  readonly loss: number;
  /** Rows that judged. */
  readonly judgedBy: number;
}

/** Where searches keep their trials, so that one that was cut off goes on. */
export interface KeptSearches {
  readonly folder: string;
  /** Of loopstream: trials of other code are done anew. */
  readonly codeVersion: string;
}

/** For the model's file: without times, so that the same search gives the same bytes. */
export const ledgerText = ({ trials, ...rest }: SearchLedger): string =>
  JSON.stringify({ ...rest, trials: trials.map(({ seconds: _seconds, ...trial }) => trial) });
