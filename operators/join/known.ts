import type { DecisionRecorded } from "../../schemas/index.ts";

export interface PendingObservation {
  readonly id: string;
  /** Empty: of the decisions of this id in every use case. */
  readonly useCase: string;
  /** Empty: of all options that were shown. */
  readonly optionId: string;
  /** The decision was shown: a deferred one counts from then on. Without values it is nothing else. */
  readonly activation: boolean;
  /** Event time, ms. */
  readonly time: number;
  readonly values: Readonly<Record<string, null | boolean | number | string>>;
  /** The place from which it was read: see `placeOf`. */
  readonly partition: number;
  readonly offset: number;
}

/** The partition to keep. Its sign marks a feed, which brings the events of its observations itself. */
export const partitionOf = (partition: number, fed: boolean): number => (fed ? -1 - partition : partition);
export const isFed = ({ partition }: Pick<PendingObservation, "partition">): boolean => partition < 0;
export const placeOf = ({ partition, offset }: Pick<PendingObservation, "partition" | "offset">) => ({
  partition: partition < 0 ? -1 - partition : partition,
  offset,
});

/** A decision and its place; -1 if the place was not kept. */
export interface Made {
  readonly decision: DecisionRecorded;
  readonly partition: number;
  readonly offset: number;
}

/** The join's knowledge of a decision: one use case of an id. */
export interface Use {
  /** Null in a closed one of a former format, which kept none. */
  readonly useCase: string | null;
  /** Time of the decision, ms. */
  readonly decidedAt: number;
  /** Earlier observations do not count; null: all do. */
  readonly from: number | null;
  /** Observations are taken. Otherwise only the memory of it is left. */
  readonly open: boolean;
  /** The row with all labels has been made, or the decision has expired. */
  readonly done: boolean;
  /** How many of the labels' different waits are over with their rows made; 0 where all have the same wait. */
  readonly stage: number;
  /** The first label of the last row; null without one. Of options those of all that were shown, one after the other. */
  readonly label: number | null;
  /** The labels after it; null if there is only one, or no row was made. */
  readonly others: readonly (number | null)[] | null;
  /** A decision made anew under the same id came before this one was closed; its turn comes then. */
  readonly next: boolean;
  /** Time of the last decision that was closed, ms; null: none. */
  readonly closedTime: number | null;
  /** Observations came that could not be counted, because this release can't read the blueprint. */
  readonly owed: boolean;
  /** Event time, ms, at which it is closed, or a closed one is forgotten; `NEVER` while the blueprint can't be read. */
  readonly until: number;
}

/** The last moment that a date can be. */
export const NEVER = 8_640_000_000_000_000;

/**
 * The join's knowledge of one decision id. The decisions themselves are stored beside it: they are written once, and
 * this is written with every observation.
 */
export interface Known {
  readonly uses: readonly Use[];
  /** The first observations, in the order of arrival. */
  readonly few: readonly PendingObservation[];
  /** Later ones have keys of their own, numbered from `first` to before `more`; there may be gaps. */
  readonly first: number;
  readonly more: number;
  /** Number of all kept observations. */
  readonly count: number;
  readonly bytes: number;
  /** Offset of the last one with a key of its own. */
  readonly last: number;
}

export const nothing: Known = Object.freeze({ uses: [], few: [], first: 0, more: 0, count: 0, bytes: 0, last: 0 });

/** A stored entry; `made` is there in one of a former format, which had the decisions inside. */
export type Stored = Known & { readonly made?: readonly Made[] };
