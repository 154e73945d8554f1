import type { LabelAggregate, LearnerName, Metric, Objective, ObjectiveKind, ObservationType } from "./blueprint.ts";
import type { LearningMode } from "./config/learning-config.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * The meaning of an absent entry. It is part of every version's hash: a change here changes the meaning of existing
 * versions.
 */
export const DEFAULTS = Object.freeze({
  description: "",
  label: Object.freeze({ when: null, aggregate: "latest" as LabelAggregate, waitMs: 24 * HOUR, default: null }),
  learner: "xgboost" as LearnerName,
  /** If the learner learns it. */
  objective: "binary" as Objective,
  /** `answers` defaults to the join's TTL, `repeats` to this many times `answers`; everything else stays for ever. */
  retention: Object.freeze({ rowsMs: null, decisionsMs: null, repeatsPerAnswers: 2 }),
  /** Or the label's wait, if that is longer. */
  join: Object.freeze({ ttlMs: 48 * HOUR }),
  training: Object.freeze({
    ...{ schedule: "0 4 * * *", freshRows: 0.2, minRows: 2000, maxRows: 2_000_000, holdout: 0.1 },
    ...{ tolerance: 0.05, refreshAfterMs: 3 * DAY },
    ...{ evaluation: 0, slices: Object.freeze([]) as readonly string[], calibration: null, weight: null },
  }),
  learning: Object.freeze({ mode: "online", logging: "baseline", baseline: null, holdout: 0, promote: null } as const),
  /** Of a section that is there. */
  ladder: Object.freeze({
    ...{ shadow: 500, canary: Object.freeze([0.01, 0.05, 0.1, 0.25, 0.5]), decisions: 100, watch: null },
    ...{ giveUpAfterMs: 14 * DAY, latencyMs: 5, guardrails: Object.freeze({}) },
  }),
  /** Of a section that is there. */
  episodes: Object.freeze({ by: "unit", gapMs: DAY, length: 1_000, discount: 0.99 }),
  /** The rule of a policy. */
  best: Object.freeze({ share: 0.2, within: 0.05 }),
  posterior: Object.freeze({ by: "option", ridge: 1, afterMs: 10_000 } as const),
  maxRows: 100_000,
  metric: Object.freeze<Record<ObjectiveKind, Metric>>({
    binary: "logLoss",
    regression: "mse",
    quantile: "pinball",
    multiclass: "mlogloss",
  }),
  open: false,
  ordinal: false,
  zone: "UTC",
  smooth: 0.001,
});

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** Wider than any sensible value: a number beyond them is a slip of the pen, or would take the process down. */
export const BOUNDS = Object.freeze({
  textLength: 1_000_000,
  useCaseLength: 64,
  nameLength: 128,
  /** Context entries that a window is kept by. */
  windowKeys: { min: 0, max: 3 },
  formulaLength: 4000,
  /** The tree of 1 + 1 + 1 … is as deep as it is long, and every walk over it recurses. */
  formulaTokens: 1000,
  formulaNesting: 100,
  descriptionLength: 4000,
  contextEntries: 2000,
  features: 2000,
  /** Bounds between buckets. */
  /** Numbers of a vector. */
  vector: { min: 1, max: 1024 },
  /** Categories of a one-hot feature, each a column. */
  oneHotValues: { min: 1, max: 500 },
  hashSlots: { min: 2, max: 1024 },
  /** The share of a word that has half the weight of a rare one. */
  smooth: { min: 1e-9, max: 1 },
  period: { min: 1e-6, max: 1e12 },
  bucketBounds: { min: 1, max: 200 },
  /** Features and entries that a cross is made of. */
  crossed: { min: 2, max: 3 },
  events: 200,
  fieldsOfAnEvent: 100,
  tables: 100,
  fieldsOfATable: 200,
  /** Parts of a row's key. */
  tableKeys: { min: 1, max: 3 },
  maxRows: { min: 1, max: 5_000_000 },
  labels: 50,
  actions: 1000,
  actionLength: 128,
  /** Settings of an action, and characters of a text among them. */
  payloadFields: 50,
  payloadText: 1000,
  /** Positions of a ranking, and the options that it shows. */
  shown: { min: 1, max: 500 },
  /** Options of a ranking that are recorded without being shown. */
  logged: { min: 0, max: 500 },
  /** Categories of a ranking with a limit. */
  limits: 8,
  /** A group's share of the units. */
  assigned: { min: 0, max: 1 },
  /** Of exploration; those of kinds are wide, because scores have any unit. */
  probability: { min: 0, max: 1 },
  temperature: { min: 1e-9, max: 1e12 },
  gamma: { min: 0, max: 1e12 },
  /** Features with a weight in a posterior: a row costs the square of their number. */
  posteriorFeatures: 64,
  episodeGap: { min: 1000, max: 366 * DAY },
  newestEpisodes: { min: 1000, max: 3660 * DAY },
  episodeLength: { min: 2, max: 10_000 },
  discount: { min: 0, max: 1 },
  /** Of the log's decisions, that an action must have to be taken. */
  loggedShare: { min: 0, max: 1 },
  ridge: { min: 1e-9, max: 1e9 },
  posteriorAfter: { min: 0, max: 366 * DAY },
  /** Of a model, beside the one that predicts: each takes as long to train. */
  heads: { min: 2, max: 20 },
  /** Positions that may be swapped. */
  swapped: { min: 2, max: 500 },
  formulas: 200,
  params: 64,
  param: { min: -1e15, max: 1e15 },
  window: { min: 1000, max: 366 * DAY },
  wait: { min: 1000, max: 366 * DAY },
  ttl: { min: 1000, max: 732 * DAY },
  retention: { min: 1000, max: 36_600 * DAY },
  /** Classes of a label. */
  classes: { min: 2, max: 20 },
  labelDefault: { min: -1e15, max: 1e15 },
  /** Of an objective: beyond them so few labels lie that nothing can be learnt. */
  quantile: { min: 0.001, max: 0.999 },
  freshRows: { min: 0.001, max: 10 },
  minRows: { min: 1, max: 1e9 },
  trainingRows: { min: 100, max: 1e10 },
  /** The sample of a training has so many times `minRows`, at least: a corrected row counts as two, and only one is in it. */
  maxRowsPerMinRows: 10,
  holdout: { min: 0.001, max: 0.9 },
  tolerance: { min: 0, max: 1 },
  refreshAfter: { min: 0, max: 366 * DAY },
  /** Features by whose values a model is judged. */
  sliced: 20,
  calibration: { min: 0.001, max: 10 },
  /** Units that no model learns from. */
  evaluation: { min: 0, max: 0.5 },
  /** That a model is compared by before it takes a step of the ladder. */
  ladderDecisions: { min: 30, max: 1e9 },
  /** Below 100 %, which is production. */
  canaryShare: { min: 0.0001, max: 0.99 },
  canarySteps: 20,
  giveUpAfter: { min: 60_000, max: 366 * DAY },
  latency: { min: 1, max: 60_000 },
  guardrail: { min: 0, max: 10 },
  /** Of an apprentice with its product, before a promotion is proposed. */
  agreement: { min: 0.01, max: 1 },
  agreementDecisions: { min: 1, max: 1e9 },
  /** Units that are held out. */
  heldOut: { min: 0, max: 0.9 },
});

/** As they are written, where N stands for a number. */
export const CONTEXT_TYPES = ["number", "category", "boolean", "key", "text", "list", "time", "vector(N)"] as const;
export const OBSERVATION_TYPES: readonly ObservationType[] = ["number", "category", "boolean"];
export const TABLE_TYPES = ["number", "category", "boolean", "text", "vector(N)"] as const;
export const LEARNING_MODES: readonly LearningMode[] = ["online", "apprentice", "loggingOnly"];
export const OBJECTIVES: readonly ObjectiveKind[] = ["binary", "regression", "quantile", "multiclass"];
/** As they are written; that of a label with classes is not. */
export const WRITTEN_OBJECTIVES = ["binary", "regression", "quantile(0.9)"] as const;
/** The metrics that can judge a model of an objective. */
export const METRICS: Readonly<Record<ObjectiveKind, readonly Metric[]>> = {
  binary: ["logLoss", "auc", "brier"],
  regression: ["mse"],
  /** `mae` judges the median alone. */
  quantile: ["pinball", "mae"],
  multiclass: ["mlogloss", "accuracy"],
};
