import type { DecisionRecorded } from "../../schemas/index.ts";

export interface PendingObservation {
  readonly id: string;
  /** Empty: of the decisions of this id in every use case. */
  readonly useCase: string;
  /** Event time, ms. */
  readonly time: number;
  readonly values: Readonly<Record<string, null | boolean | number | string>>;
  /** Where it was read: see `placeOf`. */
  readonly partition: number;
  readonly offset: number;
}

/** Where it is to be kept: a feed brings the events of its observations itself, and which those are is kept in the sign. */
export const partitionOf = (partition: number, fed: boolean): number => (fed ? -1 - partition : partition);
export const isFed = ({ partition }: Pick<PendingObservation, "partition">): boolean => partition < 0;
export const placeOf = ({ partition, offset }: Pick<PendingObservation, "partition" | "offset">) => ({
  partition: partition < 0 ? -1 - partition : partition,
  offset,
});

/** A decision, and where it was read; -1 where that was not kept. */
export interface Made {
  readonly decision: DecisionRecorded;
  readonly partition: number;
  readonly offset: number;
}

/** What the join knows of a decision: one use case of an id. */
export interface Use {
  /** Null in a closed one of a former format, which did not say. */
  readonly useCase: string | null;
  /** Time of the decision, ms. */
  readonly decidedAt: number;
  /** Observations from before do not count; null: all do. */
  readonly from: number | null;
  /** Observations are taken. Otherwise what is left is the memory of it. */
  readonly open: boolean;
  /** The row has been made, or the decision has expired. */
  readonly done: boolean;
  /** The first label of the last row; null without one. */
  readonly label: number | null;
  /** The labels after it; null where the blueprint has one, or no row was made. */
  readonly others: readonly (number | null)[] | null;
  /** A decision made anew under the same id came before this one was closed; its turn is then. */
  readonly next: boolean;
  /** Time of the last decision that was closed, ms; null: none. */
  readonly closedTime: number | null;
  /** Observations came that could not be counted, since this release can't read the blueprint. */
  readonly owed: boolean;
  /** Event time, ms, at which it is closed, or once it is closed, forgotten; `NEVER` while the blueprint can't be read. */
  readonly until: number;
}

/** The last moment that a date can be. */
export const NEVER = 8_640_000_000_000_000;

/**
 * What the join knows of one decision id. The decisions themselves are beside it, since they are written once and this is
 * written with every observation.
 */
export interface Known {
  readonly uses: readonly Use[];
  /** The first observations, in the order they came. */
  readonly few: readonly PendingObservation[];
  /** Those after them have keys of their own, numbered from `first` to before `more`; there may be gaps. */
  readonly first: number;
  readonly more: number;
  /** Of all observations that are kept. */
  readonly count: number;
  readonly bytes: number;
  /** Offset of the last one that has a key of its own. */
  readonly last: number;
}

export const nothing: Known = Object.freeze({ uses: [], few: [], first: 0, more: 0, count: 0, bytes: 0, last: 0 });

/** An entry as it was stored; `made` where it is one of a former format, which had the decisions inside. */
export type Stored = Known & { readonly made?: readonly Made[] };
