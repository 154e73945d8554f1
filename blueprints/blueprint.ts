import type { EpisodesConfig } from "./config/episodes-config.ts";
import type { ExplorationConfig } from "./config/exploration-config.ts";
import type { LadderConfig } from "./config/ladder-config.ts";
import type { LearningConfig } from "./config/learning-config.ts";
import type { PosteriorConfig } from "./config/posterior-config.ts";
import type { RetentionConfig } from "./config/retention-config.ts";

/** `key` identifies an entity (a tail number): windows are kept by it, the model never sees it. */
export type ContextType = "number" | "category" | "boolean" | "key" | "text" | "list" | "time" | VectorType;
/** A list of so many numbers. */
export type VectorType = `vector(${number})`;
export type ObservationType = "number" | "category" | "boolean";

export type DecisionSpace =
  | { readonly kind: "boolean" }
  | { readonly kind: "number" }
  | {
      readonly kind: "actions";
      readonly actions: readonly string[];
      /** By action, all with the same names and types. Absent: an action is its name alone. */
      readonly payloads?: Readonly<Record<string, Payload>>;
    }
  | {
      /** Each request brings its own. */
      readonly kind: "options";
      /** What candidates say of themselves. */
      readonly entries: Readonly<Record<string, ContextType>>;
    };

/** The settings of an action: what the product does with it. */
export type Payload = Readonly<Record<string, boolean | number | string>>;

/** The name of a registered aggregate of windows. */
export type WindowAggregate = string;

export interface ContextFeature {
  readonly kind: "context";
  readonly name: string;
  readonly type: "number" | "category" | "boolean";
}

/** Over the events in `[t − windowMs, t)`, or in `(t − windowMs, t)` when `open`; t is the decision's time. */
export interface WindowFeature {
  readonly kind: "window";
  readonly name: string;
  readonly aggregate: WindowAggregate;
  /** Null if the aggregate reads no value: `count` counts events, even without a value. */
  readonly field: string | null;
  /** The field is a category; absent: it is a number, or there is none. */
  readonly fieldType?: "category";
  readonly event: string;
  /** Up to three context entries, or `unit`; none: the events of all. */
  readonly by: readonly string[];
  readonly windowMs: number;
  readonly open: boolean;
  /** The aggregate's own duration, ms; absent: it has none. */
  readonly parameterMs?: number;
  /** A boolean formula over the event's fields: the events that count. Absent: all. */
  readonly when?: string;
  /** Absent: it follows from the keys. */
  readonly state?: WindowPlace;
}

/** Where the events of windows are kept. */
export type WindowPlace = "memory" | "disk" | "keyed";

/** The place of a feature among those that one entry of the list makes, such as the columns of a vector. */
export interface Slot {
  /** The entry's name. */
  readonly of: string;
  readonly at: number;
}

/** A field of the row of a reference table that is valid at the decision's time. */
export interface TableFeature {
  readonly kind: "table";
  readonly name: string;
  readonly table: string;
  readonly field: string;
  readonly type: TableFieldType;
  /** The parts of the row's key: entries of the context, or earlier features that are categories. */
  readonly by: readonly string[];
  /** Of a vector: which of its numbers. */
  readonly slot?: Slot;
}

/** The kinds of features, by name. A product that registers one adds its type here, by declaration merging. */
export interface FeatureKinds {
  context: ContextFeature;
  window: WindowFeature;
  table: TableFeature;
}

export type Feature = FeatureKinds[keyof FeatureKinds];

/** The type of a field of events. */
export type EventFieldType = "number" | "category";

export interface EventKind {
  /** In the order of the file. */
  readonly fields: readonly string[];
  /** Those of them that are categories, in the same order. Absent: all are numbers. */
  readonly categories?: readonly string[];
}

export type TableFieldType = "number" | "category" | "boolean" | "text" | VectorType;

/** What a use case reads of a reference table. Tables are of no use case: others may read the same one. */
export interface ReferenceTable {
  /** Names of the parts of a row's key, one to three. Files have columns of these names. */
  readonly key: readonly string[];
  readonly fields: Readonly<Record<string, TableFieldType>>;
  /** Versions of rows that an instance holds. */
  readonly maxRows: number;
}

/**
 * The aggregates of labels, by name; `number` for those with a number in parentheses behind it. A product that registers
 * one adds its name here, by declaration merging.
 */
export interface LabelAggregateNames {
  earliest: true;
  latest: true;
  sum: true;
  mean: true;
  min: true;
  max: true;
  median: true;
  quantile: number;
  any: true;
  count: true;
}

/** `mean`, `quantile(0.9)`. */
export type LabelAggregate = {
  [Name in keyof LabelAggregateNames]: LabelAggregateNames[Name] extends number ? `${Name}(${number})` : Name;
}[keyof LabelAggregateNames];

export interface LabelConfig {
  readonly name: string;
  /** A boolean formula: which observations count. Null: all. */
  readonly when: string | null;
  /** A formula over one observation's values; a boolean counts as 1 or 0. */
  readonly value: string;
  readonly aggregate: LabelAggregate;
  /** The first row is made once decision time + `waitMs` of every label is over. */
  readonly waitMs: number;
  /**
   * The label of a decision without an observation that counts. Null: the decision has no such label; a decision
   * without any label makes no row.
   */
  readonly default: number | null;
  /** The objective it is learnt for. */
  readonly objective: Objective;
  /** Of a class: whether the label that it belongs to has it. Absent: the label is one of its own. */
  readonly oneOf?: ClassOfLabel | undefined;
}

/** What a decision was worth. */
export interface RewardConfig {
  /** Of labels and weights. */
  readonly formula: string;
  /** Numbers of the formula by name, in the order of the file. */
  readonly weights: Readonly<Record<string, number>>;
}

/** One class of a label of classes. Its own label is 1 where the value is this class, and 0 where it is another one. */
export interface ClassOfLabel {
  /** The name of the label of classes. */
  readonly label: string;
  /** The class, as the value has it. */
  readonly is: string;
  /** All of them, in the order of the file. An observation with another value does not count. */
  readonly classes: readonly string[];
}

/**
 * What a prediction of a label is: a probability, the mean of numbers, or with `quantile(0.9)` the number that 90 % of the
 * labels do not exceed. `multiclass` is that of the classes of one label, learnt together: probabilities that sum to 1.
 */
export type Objective = "binary" | "regression" | `quantile(${number})` | "multiclass";

/** An objective without its number. */
export type ObjectiveKind = "binary" | "regression" | "quantile" | "multiclass";

/** The learners by name, each with its parameters. A product that registers one adds its own here, by declaration merging. */
export interface LearnerParameters {}

export type LearnerName = keyof LearnerParameters;

interface EveryModel<L> {
  /** The objective of labels that have none of their own. */
  readonly objective: Objective;
  readonly learner: L;
  /** The same rows and seed make the same model. */
  readonly seed: number;
}

/** A formula gives the decision. */
export interface DecideRule {
  readonly kind: "decide";
  readonly formula: string;
}

/** The kinds of policy rules, by name. A product that registers one adds its type here, by declaration merging. */
export interface PolicyRules {
  decide: DecideRule;
}

export type PolicyRule = PolicyRules[keyof PolicyRules];

/** The section `model`: a learner with its parameters beside it. */
export type ModelConfig<L extends LearnerName = LearnerName> = {
  [Name in L]: EveryModel<Name> & Readonly<LearnerParameters[Name]>;
}[L];

/** A named parameter of a policy. Its value may be set for a published version, within the bounds. */
export interface PolicyParam {
  readonly default: number;
  readonly min: number;
  readonly max: number;
}

export interface PolicyConfig {
  /** In the order of the file. */
  readonly params: Readonly<Record<string, PolicyParam>>;
  /** In order: each formula may use those before it. */
  readonly formulas: readonly { readonly name: string; readonly formula: string }[];
  /** Makes the decision from them. */
  readonly rule: PolicyRule;
}

export type Metric = "logLoss" | "auc" | "brier" | "mse" | "pinball" | "mae" | "mlogloss" | "accuracy";

export interface TrainingConfig {
  /** Five cron fields, UTC; null: never by the clock. */
  readonly schedule: string | null;
  /** Train when this share of the rows is newer than the last training (0.2 = 20 %); null: never by freshness. */
  readonly freshRows: number | null;
  readonly minRows: number;
  /** Of more rows a sample is learnt from. */
  readonly maxRows: number;
  /** Share of the rows, the newest, that judge a model before it learns from them. */
  readonly holdout: number;
  readonly metric: Metric;
  /** Share of the metric of the model in production by which a newer model may be worse, if it replaces one of old rows. */
  readonly tolerance: number;
  /** Rows are old when the newest one of a new model is so much newer, ms. Null: they never are. */
  readonly refreshAfterMs: number | null;
  /** Features for none of whose values a new model may be worse. */
  readonly slices: readonly string[];
  /** So much of the mean label the predictions may be off, beyond what chance explains. Null: it is not asked. */
  readonly calibration: number | null;
  /** Share of the units whose rows no model learns from: they judge each new one. 0: none. */
  readonly evaluation: number;
  /** A formula of labels, features and columns of the row: how much a row counts. Null: all rows count the same. */
  readonly weight: string | null;
}

/** The content of the YAML file, with defaults filled in and durations in ms. Frozen. */
export interface BlueprintContent {
  readonly useCase: string;
  readonly description: string;
  readonly decisionSpace: DecisionSpace;
  readonly context: Readonly<Record<string, ContextType>>;
  /** Names for the labels' formulas: declared entries, `kind`, and every event field. */
  readonly observations: Readonly<Record<string, ObservationType>>;
  readonly events: Readonly<Record<string, EventKind>>;
  readonly tables: Readonly<Record<string, ReferenceTable>>;
  /** In the order of the feature vector and of the row's columns. */
  readonly features: readonly Feature[];
  /** The first of the labels, and mostly the only one. A model is judged by it. */
  readonly label: LabelConfig;
  /** All labels, in the order of the file. */
  readonly labels: readonly LabelConfig[];
  /** What a decision was worth. Null: nothing is said of that. */
  readonly reward: RewardConfig | null;
  /** Null: decisions do not follow each other. */
  readonly episodes: EpisodesConfig | null;
  readonly model: ModelConfig;
  /** Null: nothing is learnt row by row. */
  readonly posterior: PosteriorConfig | null;
  readonly policy: PolicyConfig;
  /** Null: the policy decides alone. */
  readonly exploration: ExplorationConfig | null;
  readonly learning: LearningConfig;
  /** Until decision time + `ttlMs` an observation still corrects the row. */
  readonly join: { readonly ttlMs: number };
  readonly training: TrainingConfig;
  /** Null: what passes the gate goes into production. */
  readonly ladder: LadderConfig | null;
  readonly retention: RetentionConfig;
}

export interface Blueprint extends BlueprintContent {
  /** The first 12 hex digits of the content's sha256: the same for texts that differ in comments or layout only. */
  readonly version: string;
  /** The YAML it was read from. */
  readonly text: string;
}
