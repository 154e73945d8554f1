import type { DifferenceKind } from "../difference.ts";

export type GroupKind =
  "context" | "windows" | "table" | "transforms" | "embeddings" | "posterior" | "model" | "policy";

/** Processor time of the whole process a decision, µs, over rounds. */
export interface Micros {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** What every process of the loop keeps; `keyed`: what all of them together do, each a part of the keys, on disk. */
export interface KeptState {
  /** Groups that read the same state have it under the same name. */
  readonly name: string;
  readonly place: "memory" | "disk" | "keyed";
  /** Keys of windows, rows of tables, options of posteriors; null: it has none. */
  readonly keys: number | null;
  /** Tiles, versions of rows, states. */
  readonly entries: number;
  /** Of keys and values, before compression. */
  readonly bytes: number;
  /** With what entries take in memory beside their own bytes, approximately; null: on disk, or it is not known. */
  readonly memoryBytes: number | null;
  /** The key with the most bytes. */
  readonly largest: { readonly key: string; readonly bytes: number } | null;
}

/** A group of features, a model or the policy. */
export interface GroupCost {
  readonly kind: GroupKind;
  readonly name: string;
  /** Features that it fills in. */
  readonly features: readonly string[];
  /** Null: it is not known. */
  readonly micros: Micros | null;
  /** Of windows on disk: one pass with the engine's caches empty, µs a decision. Of others null. */
  readonly coldMicros: number | null;
  /** Of a model: one decision at a time. Of others null. */
  readonly aloneMicros: Micros | null;
  /** Look-ups in state a decision. */
  readonly reads: { readonly mean: number; readonly most: number };
  readonly state: readonly KeptState[];
  /** The reason that a figure is null; null: none is. */
  readonly unknown: string | null;
}

export interface CostReport {
  readonly useCase: string;
  readonly version: string;
  /** The version that is live at the time of the newest decision; null: none is. */
  readonly live: string | null;
  /** Decisions that were measured. */
  readonly decisions: number;
  /** Of the newest ones, those of other versions, and those whose requests are gone. */
  readonly leftOut: { readonly otherVersions: number; readonly withoutRequest: number };
  /** Times of the oldest and the newest, ms. */
  readonly from: number;
  readonly to: number;
  /** Of the same decisions made again: those that differ from their records, and all differences by kind. */
  readonly differing: number;
  readonly differences: Readonly<Partial<Record<DifferenceKind, number>>>;
  /** Events up to this time, ms, are not retained, and windows reach further back; null: they do not. */
  readonly eventsGoneUntil: number | null;
  /** Decisions that a model is asked for at once. */
  readonly batch: number;
  readonly rounds: number;
  readonly groups: readonly GroupCost[];
  /** All groups of features together, as they serve. */
  readonly features: Micros;
}
