import type { ContextType, EventKind, Feature, ObservationType, TableFieldType, WindowPlace } from "../blueprint.ts";
import type { Possible } from "../formula/possible.ts";
import type { KeysSaid } from "../key-reference.ts";
import type { RowsOf } from "../tables/row-versions.ts";
import type { WindowAggregateKind } from "../windows/window-aggregate.ts";
import type { Names, Partly } from "../yaml/partly.ts";
import type { Place } from "../yaml/place.ts";

/** A boolean is 1 or 0 in the vector and the rows, and a boolean in formulas. */
export type FeatureType = "number" | "category" | "boolean";

/** One slot of a feature vector: a number that is finite, a text that is not empty, or null for a missing value. */
export type FeatureValue = number | string | null;

/** What is known of a table of the blueprint. */
export interface TableKnown {
  /** Names of the parts of a row's key; `undefined`: they could not be read. */
  readonly key: readonly string[] | undefined;
  readonly fields: Names<TableFieldType>;
}

/** The names that a feature may refer to. */
export interface FeaturesKnown {
  /** Entries of the context, and of options. */
  readonly context: Names<ContextType>;
  readonly observations: Names<ObservationType>;
  readonly events: Names<Partly<EventKind>>;
  readonly tables: Names<TableKnown>;
  /** The features before it in the list, by name. */
  readonly earlier: ReadonlyMap<string, Feature>;
  /** Their types. */
  readonly types: ReadonlyMap<string, FeatureType>;
  /** The columns of each earlier entry of the list that makes several, by its name. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** Names of entries behind it in the list. */
  readonly later: ReadonlySet<string>;
}

/**
 * What a feature is made of: an earlier feature's value, or that of an entry of the context as its declared type has it.
 * A boolean is 1 or 0.
 */
export type InputValue = FeatureValue | readonly number[] | readonly string[];

/** Over the events in `[t − windowMs, t)`, or in `(t − windowMs, t)` when `open`; t is the decision's time. */
export interface EventWindow {
  readonly event: string;
  /** Up to three context entries, or `unit`: that of the decision, unless the context declares another; none: the events of all. */
  readonly by: readonly string[];
  /** Null if the aggregate reads no field. */
  readonly field: string | null;
  /** The field is a category; absent: it is a number, or there is none. */
  readonly fieldType?: "category" | undefined;
  /** A boolean formula over the event's fields: the events that count. Absent: all. */
  readonly when?: string | undefined;
  readonly windowMs: number;
  readonly open: boolean;
  readonly aggregate: WindowAggregateKind;
  /** The aggregate's own duration, ms; absent: it has none. */
  readonly parameterMs?: number | undefined;
  /** Absent: it follows from the keys. */
  readonly state?: WindowPlace | undefined;
}

/** A field of a table that features read. */
export interface TableRead {
  readonly table: string;
  readonly field: string;
  readonly type: TableFieldType;
}

/** A field of a table's row. */
export interface TableLookup extends TableRead {
  /** Of a vector: which of its numbers. */
  readonly at?: number | undefined;
  /** The parts of the row's key: entries of the context, else earlier features that are categories. */
  readonly by: readonly string[];
}

/**
 * Where a feature's value comes from. Its functions are pure, never throw, and give the same bits in every process: live, in a replay and in an audit.
 *
 * - `context`: one entry of the request, as it was sent
 * - `events`: a window over events
 * - `table`: the row of a reference table that is valid strictly before the decision
 * - `features`: the values of earlier features, in the order of `names`, once the windows are filled, and behind them
 *   those of entries of the context, in the order of `entries`; `time` is the decision's, ms; `rows` are the tables'
 */
export type Computation =
  | { readonly from: "context"; readonly entry: string; value(given: unknown): FeatureValue }
  | { readonly from: "events"; readonly window: EventWindow }
  | { readonly from: "table"; readonly lookup: TableLookup }
  | {
      readonly from: "features";
      readonly names: readonly string[];
      /** Entries of the context, whether or not they are features. Absent: none. */
      readonly entries?: readonly string[];
      /** Fields of tables that it reads, by keys of its own. Absent: none. */
      readonly reads?: readonly TableRead[];
      value(given: readonly InputValue[], time: number, rows: RowsOf): FeatureValue;
      /** Of a slot: the values of all slots of its entry, in their order. It is called once instead of `value` of each. */
      slots?(given: readonly InputValue[], time: number, rows: RowsOf): readonly FeatureValue[];
    };

/**
 * A list: the features of an entry that makes several, each with its `slot`. `undefined`: not even the feature's name is
 * sure. `unusable`: only its name is. Both were reported.
 */
export type ReadFeature<F> = F | readonly F[] | "unusable" | undefined;

/**
 * One kind of features, with everything about it. Its name is the `kind` of its features. A product that registers a
 * kind adds the feature's type to `FeatureKinds`.
 */
export interface FeatureKind<F extends Feature = Feature> {
  readonly name: F["kind"];
  /** A bare name in the list, or a name with a section. */
  readonly written: "name" | "section";
  /** Of a kind that is written as a name: whether it makes features of entries of this type. Absent: of all others. */
  takes?(type: ContextType): boolean;
  /** The keys of its section, for the reference. */
  keys(): KeysSaid;
  /** Each section of this kind has one of these keys, and no section of another kind has any. */
  marks(): readonly string[];
  /** Reads and checks the value behind the name, and fills in absent keys. */
  read(place: Place, name: string, known: FeaturesKnown): ReadFeature<F>;
  /**
   * Its part of the version's hash. A key that a kind gains later stays out of it (`undefined`) while it has its
   * default.
   */
  canonical(feature: F): unknown;
  /** In the blueprint's own words. */
  describe(feature: F): string;
  /** All slots of one entry, in the blueprint's own words. Absent: the first one's, and their number. */
  describeSlots?(slots: readonly F[]): string;
  /** A text that is equal for two features with the same meaning for the model. Absent: as `describe`. */
  meaning?(feature: F): string;
  /** The description of the row's column. */
  columnDoc(feature: F): string;
  type(feature: F): FeatureType;
  /** All its possible values, for warnings. Absent: all values of its type. */
  possible?(feature: F): Possible;
  compute(feature: F): Computation;
}
