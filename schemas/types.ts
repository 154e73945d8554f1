// Generated from avro/*.avsc by `npm run generate`: edit those.

/** Something an operator should look at. */
export interface Alert {
  /** Of what it is about. */
  readonly useCase: string;
  /** Which rule. */
  readonly kind: string;
  /** What was seen and what to do. */
  readonly message: string;
  /** Event time. */
  readonly time: number;
}

/** One immutable version of a blueprint and when it was live. Its key is useCase/version. */
export interface BlueprintPublished {
  /** Of the blueprint. */
  readonly useCase: string;
  /** Hash of its content. */
  readonly version: string;
  /** The YAML as published. */
  readonly text: string;
  /** In time order. */
  readonly activations: readonly Activation[];
}

/** From when a version was live, or no longer was. */
export interface Activation {
  /** Valid after this event time. */
  readonly time: number;
  /** False: withdrawn from then on. */
  readonly live: boolean;
}

/** How far event time has come where the producers are: lets quiet partitions move on. */
export interface Clock {
  /** Every record up to here has been published. */
  readonly time: number;
}

/** A record that could not be handled, with all that is needed to handle it later. */
export interface DeadLetter {
  /** Where it was read, or the file it came from. */
  readonly topic: string;
  /** Where it was read; -1 for a file. */
  readonly partition: number;
  /** Where it was read, or the line of the file. */
  readonly offset: number;
  /** Who could not handle it. */
  readonly operator: string;
  /** From the table of errors. */
  readonly code: string;
  /** What is wrong. */
  readonly message: string;
  /** As it was. */
  readonly key: null | Uint8Array;
  /** As it was, or its beginning: cut says so. */
  readonly value: null | Uint8Array;
  /** As they were, as far as they fit. */
  readonly headers: Readonly<Record<string, Uint8Array>>;
  /** Bytes of the value, key or headers are missing, since they would not fit. */
  readonly cut: boolean;
}

/** A decision as it was made: everything a training row or a later estimate needs. Its key is the decision id. */
export interface DecisionRecorded {
  /** Of the request. */
  readonly decisionId: string;
  /** Of the request. */
  readonly unit: string;
  /** Of the request. */
  readonly useCase: string;
  /** The version that was valid at decisionTime. */
  readonly blueprintVersion: string;
  /** The model in production at decisionTime; null before there is one. */
  readonly modelId: null | string;
  /** The feature vector as logged, in the blueprint's order; null is a missing value, a string a category. */
  readonly features: readonly (null | number | string)[];
  /** By objective; empty without a model. */
  readonly predictions: Readonly<Record<string, number>>;
  /** What could have been chosen; empty where the decision space is not finite. */
  readonly actions: readonly (boolean | number | string)[];
  /** Probability of each action, in their order; sums to 1, or is empty. */
  readonly distribution: readonly number[];
  /** What was chosen; null without a model. */
  readonly value: null | boolean | number | string;
  /** Probability with which the value was chosen; null without a choice, and where it is not known of a logged one. */
  readonly propensity: null | number;
  /** Seed of the sampling: hex, from salt, use case and decision id. */
  readonly seed: string;
  /** loggingOnly, apprentice or online. */
  readonly mode: string;
  /** noModel, holdout, control, explore, exploit or error; logged: the action was taken elsewhere, and imported with the request. */
  readonly reason: string;
  /** Event time of the request. */
  readonly decisionTime: number;
  /** Decided, not yet shown. */
  readonly deferred: boolean;
  /** Time of the first decision under this id, where its answer was kept no longer and a new one was made; null: none was known. */
  readonly repeatOf: null | number;
  /** Entries of the request's context that windows can be kept by, whether or not one is: the events of its observations have them. Null: they were not kept, and its observations are no events. */
  readonly keys: null | Readonly<Record<string, string>>;
}

/** The answer to one request. */
export interface DecisionReplied {
  /** Of the request. */
  readonly decisionId: string;
  /** Of the request. */
  readonly useCase: string;
  /** The decision; null: use your default, reason says why. */
  readonly value: null | boolean | number | string;
  /** noModel, holdout, control, explore, exploit or error. */
  readonly reason: string;
  /** Probability with which this value was chosen; null without a choice. */
  readonly propensity: null | number;
  /** The version that answered. */
  readonly blueprintVersion: null | string;
  /** The model that answered. */
  readonly modelId: null | string;
  /** With reason error: what to mend. */
  readonly error: null | string;
  /** Time of the first decision under this id, where its answer was kept no longer and a new one was made; null: none was known. */
  readonly repeatOf: null | number;
}

/** A product asks for a decision. The record's timestamp is its event time; its key is the decision id. */
export interface DecisionRequested {
  /** Chosen by the caller; what observations name. Within a use case one id is one decision of one unit. */
  readonly decisionId: string;
  /** Which blueprint answers. */
  readonly useCase: string;
  /** User, device or other entity the decision is about. */
  readonly unit: string;
  /** What the product knows now, by name. */
  readonly context: Readonly<Record<string, null | boolean | number | string>>;
  /** Decided now, shown later or never. */
  readonly deferred: boolean;
  /** History only: the action that was taken then, which is recorded instead of one of the policy's. In a request that no feed of history has sent it is refused, and the policy decides. */
  readonly logged: null | LoggedAction;
}

/** An action that was taken elsewhere, as data that is imported tells it. */
export interface LoggedAction {
  /** What was chosen; one of the blueprint's decision space. */
  readonly value: boolean | number | string;
  /** Probability with which it was chosen, above 0 and at most 1; null: not known. */
  readonly propensity: null | number;
}

/** A request with its features. In-memory edge between enrich and infer. */
export interface Enriched {
  /** The request as it came. */
  readonly request: DecisionRequested;
  /** Valid at the request's event time; null: none was. */
  readonly blueprintVersion: null | string;
  /** In the blueprint's order. */
  readonly features: readonly (null | number | string)[];
  /** Why the request can't be decided. */
  readonly error: null | string;
  /** Entries of the context that count for nothing, by name: unknown to the blueprint, or unusable for their type. Null: none. */
  readonly misfits: null | Readonly<Record<string, string>>;
}

/** Something that happened, whether or not a decision was asked for. Its timestamp is the event time. */
export interface EventRecorded {
  /** The blueprint's word for it. */
  readonly kind: string;
  /** Context keys it belongs to and measured fields, by name. */
  readonly attributes: Readonly<Record<string, null | boolean | number | string>>;
}

/** What one partition saw of one use case in one hour of event time. Its key is useCase. */
export interface HourlyStats {
  /** Of the decisions. */
  readonly useCase: string;
  /** Start of the hour. */
  readonly hour: number;
  /** Of the decisions topic. */
  readonly partition: number;
  /** Of the decisions. */
  readonly blueprintVersion: string;
  /** Made. */
  readonly decisions: number;
  /** Without a value. */
  readonly nulls: number;
  /** With reason error. */
  readonly errors: number;
  /** Labelled, by the hour of the row. */
  readonly rows: number;
  /** Decisions whose wait ended without a label, by that hour. */
  readonly expired: number;
  /** Rows corrected by a late observation. */
  readonly corrected: number;
  /** Decisions by value: names cut at 64 bytes, numbers by the power of two below their size, signed; past 64 of them (other). */
  readonly values: Readonly<Record<string, number>>;
  /** By feature. Where an hour has no room for more of them, the rest is counted as (other). */
  readonly features: Readonly<Record<string, Distribution>>;
  /** By objective. */
  readonly predictions: Readonly<Record<string, Distribution>>;
  /** Of the rows. */
  readonly labels: Distribution;
  /** From fetch to reply, measured, not reproducible. */
  readonly latencyMs: Distribution;
  /** What was sent and the blueprint does not know, by context.NAME, observation.NAME and kind.NAME: names cut at 64 bytes, past 64 of them (other). An observation is counted with the decision that it is about, by its own time. */
  readonly unknown: Readonly<Record<string, number>>;
  /** What was sent and its declared type can't read, by context.NAME and observation.NAME, the same. */
  readonly unusable: Readonly<Record<string, number>>;
}

/** What values were seen, without the values. */
export interface Distribution {
  /** Values seen. */
  readonly count: number;
  /** Missing values among them. */
  readonly missing: number;
  /** Of the numbers; 0 without one. */
  readonly mean: number;
  /** Of the numbers. */
  readonly variance: number;
  /** Smallest number. */
  readonly min: null | number;
  /** Largest number. */
  readonly max: null | number;
  /** Count by bucket: categories by name, cut at 64 bytes, numbers by the power of two below their size, signed; past 64 of them (other). */
  readonly buckets: Readonly<Record<string, number>>;
}

/** Lines of files that an import has published, so that it publishes none of them again. Its key is scope/source/hour/number. */
export interface ImportedLines {
  /** The use case of the decisions and observations. Empty: events of no decision. */
  readonly scope: string;
  /** The feed whose event time they moved. */
  readonly source: string;
  /** They are dated in the hour that begins then. */
  readonly hour: number;
  /** A name of 8 bytes for each. */
  readonly lines: Uint8Array;
  /** Of each line 20 bytes, by which a line that was changed since is known: what it is about, what it says, ms of its time within the hour. Empty in records of earlier releases. */
  readonly facts: Uint8Array;
}

/** How far one instance of the loop is, as it says itself every second. */
export interface InstanceReported {
  /** A name of its own; empty: nobody's, to learn what time it is on the log. */
  readonly instance: string;
  /** False: it has stopped. */
  readonly running: boolean;
  /** The next offset of the topic of blueprints that it reads. */
  readonly blueprintsRead: number;
  /** State ids of the window groups that do not count all retained events yet. */
  readonly warming: readonly string[];
  /** Retained events that it has still to read for them. */
  readonly eventsLeft: number;
}

/** A decision with its label. In-memory edge between join and etl. */
export interface Joined {
  /** As recorded. */
  readonly decision: DecisionRecorded;
  /** From the observations, or the default; null: there is neither, the decision has expired. */
  readonly label: null | number;
  /** Event time of the observation that settled it; null for a default label. */
  readonly labelTime: null | number;
  /** Event time at which the row was complete. */
  readonly rowTime: number;
  /** provisional, mature, corrected or expired. */
  readonly maturity: string;
}

/** A piece of an ONNX file. Its key is sha256/chunk. */
export interface ModelArtifact {
  /** Of the whole file. */
  readonly sha256: string;
  /** From 0. */
  readonly chunk: number;
  /** Of the whole file. */
  readonly chunks: number;
  /** At most 512 KiB. */
  readonly content: Uint8Array;
}

/** A trained model, its evidence and its states. Its key is useCase/modelId. */
export interface ModelRecorded {
  /** Of the artifact and its provenance. */
  readonly modelId: string;
  /** Which use case it serves. */
  readonly useCase: string;
  /** The version whose rows and features it was trained on. */
  readonly blueprintVersion: string;
  /** Where the ONNX file is. */
  readonly artifact: ArtifactReference;
  /** In time order; nothing is ever taken out. */
  readonly states: readonly ModelState[];
  /** On the rows held out. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Enough to train it again. */
  readonly provenance: Provenance;
}

/** Where an ONNX file lies on the artifacts topic. */
export interface ArtifactReference {
  /** Of the whole ONNX file. */
  readonly sha256: string;
  /** Of the whole ONNX file. */
  readonly bytes: number;
  /** Records on the artifacts topic. */
  readonly chunks: number;
  /** Where they are. */
  readonly partition: number;
  /** No chunk lies before this offset. */
  readonly offset: number;
}

/** A state a model entered, when and why. */
export interface ModelState {
  /** trained, shadow, canary, production, retired or withdrawn. */
  readonly state: string;
  /** Event time after which it holds. */
  readonly time: number;
  /** Why, with the figures that decided. */
  readonly reason: string;
}

/** What a model was trained on and with. */
export interface Provenance {
  /** Where the rows came from. */
  readonly rowsTopic: string;
  /** What was read of it. */
  readonly ranges: readonly OffsetRange[];
  /** Rows complete after this event time were left out. */
  readonly until: number;
  /** Trained on. */
  readonly rows: number;
  /** Held out for the evaluation. */
  readonly holdout: number;
  /** Of the learner. */
  readonly seed: number;
  /** Decision time of the newest row trained on. */
  readonly trainedUntil: number;
  /** Of loopstream. */
  readonly codeVersion: string;
  /** Blueprint versions whose rows were read; empty in records of earlier versions of loopstream, which did not say. */
  readonly versions: readonly string[];
  /** Of the versions whose rows are not among them; empty in records of earlier versions of loopstream, which did not say. */
  readonly leftOut: readonly LeftOutRows[];
  /** Values that the learner can't take as they are; empty in records of earlier versions of loopstream, which had none. */
  readonly treated: readonly TreatedValues[];
}

/** A stretch of one partition. */
export interface OffsetRange {
  /** Of the rows topic. */
  readonly partition: number;
  /** First offset read. */
  readonly from: number;
  /** One past the last offset read. */
  readonly to: number;
}

/** Rows of one version that were there and could not be used. */
export interface LeftOutRows {
  /** The blueprint version that made the decisions. */
  readonly version: string;
  /** Records; a corrected row counts each time it was written. */
  readonly rows: number;
  /** otherVersion: its features or its label are others. unreadable: its schema can't be read as the model's. */
  readonly kind: string;
  /** In words. */
  readonly reason: string;
}

/** A column in which values were not learnt as they are. */
export interface TreatedValues {
  /** A feature, or label. */
  readonly name: string;
  /** clamped: a feature beyond 1e38, learnt as that. leftOut: a label that can't be learnt; its rows are neither trained on nor held out. */
  readonly treatment: string;
  /** So many. */
  readonly rows: number;
  /** Ids of the first of them, by the decisions' times. */
  readonly decisions: readonly string[];
}

/** What an observation says that counts for nothing. In-memory edge between join and monitor. */
export interface ObservationMisfits {
  /** Of the decision that it is about. */
  readonly useCase: string;
  /** Of that decision. */
  readonly blueprintVersion: string;
  /** By name: unknown to the blueprint, or unusable for its type. */
  readonly entries: Readonly<Record<string, string>>;
  /** Its kind, where the blueprint does not know that; null: it does. */
  readonly kind: null | string;
}

/** What happened after a decision. Its key is the decision id, its timestamp the event time. */
export interface ObservationRecorded {
  /** The decision it belongs to. */
  readonly decisionId: string;
  /** The use case of that decision. Empty: it belongs to the decisions of this id in every use case. */
  readonly useCase: string;
  /** Names this observation: the same id sent again counts once. Empty: the place of the record names it, so each record counts, equal ones too. */
  readonly observationId: string;
  /** Measured values by name. */
  readonly values: Readonly<Record<string, null | boolean | number | string>>;
}

/** An enriched request with its predictions. In-memory edge between infer and decide. */
export interface Scored {
  /** What infer was given. */
  readonly enriched: Enriched;
  /** In production at the request's event time; null: none was. */
  readonly modelId: null | string;
  /** By objective. */
  readonly predictions: Readonly<Record<string, number>>;
}

export const alertSchema = {
  type: "record",
  name: "Alert",
  namespace: "loopstream",
  doc: "Something an operator should look at.",
  fields: [
    { name: "useCase", type: "string", doc: "Of what it is about." },
    { name: "kind", type: "string", doc: "Which rule." },
    { name: "message", type: "string", doc: "What was seen and what to do." },
    { name: "time", type: { type: "long", logicalType: "timestamp-millis" }, doc: "Event time." },
  ],
} as const;

export const blueprintPublishedSchema = {
  type: "record",
  name: "BlueprintPublished",
  namespace: "loopstream",
  doc: "One immutable version of a blueprint and when it was live. Its key is useCase/version.",
  fields: [
    { name: "useCase", type: "string", doc: "Of the blueprint." },
    { name: "version", type: "string", doc: "Hash of its content." },
    { name: "text", type: "string", doc: "The YAML as published." },
    {
      name: "activations",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "Activation",
          doc: "From when a version was live, or no longer was.",
          fields: [
            {
              name: "time",
              type: { type: "long", logicalType: "timestamp-millis" },
              doc: "Valid after this event time.",
            },
            { name: "live", type: "boolean", doc: "False: withdrawn from then on." },
          ],
          namespace: "loopstream",
        },
      },
      doc: "In time order.",
    },
  ],
} as const;

export const clockSchema = {
  type: "record",
  name: "Clock",
  namespace: "loopstream",
  doc: "How far event time has come where the producers are: lets quiet partitions move on.",
  fields: [
    {
      name: "time",
      type: { type: "long", logicalType: "timestamp-millis" },
      doc: "Every record up to here has been published.",
    },
  ],
} as const;

export const deadLetterSchema = {
  type: "record",
  name: "DeadLetter",
  namespace: "loopstream",
  doc: "A record that could not be handled, with all that is needed to handle it later.",
  fields: [
    { name: "topic", type: "string", doc: "Where it was read, or the file it came from." },
    { name: "partition", type: "int", doc: "Where it was read; -1 for a file." },
    { name: "offset", type: "long", doc: "Where it was read, or the line of the file." },
    { name: "operator", type: "string", doc: "Who could not handle it." },
    { name: "code", type: "string", doc: "From the table of errors." },
    { name: "message", type: "string", doc: "What is wrong." },
    { name: "key", type: ["null", "bytes"], doc: "As it was." },
    { name: "value", type: ["null", "bytes"], doc: "As it was, or its beginning: cut says so." },
    { name: "headers", type: { type: "map", values: "bytes" }, doc: "As they were, as far as they fit." },
    {
      name: "cut",
      type: "boolean",
      doc: "Bytes of the value, key or headers are missing, since they would not fit.",
      default: false,
    },
  ],
} as const;

export const decisionRecordedSchema = {
  type: "record",
  name: "DecisionRecorded",
  namespace: "loopstream",
  doc: "A decision as it was made: everything a training row or a later estimate needs. Its key is the decision id.",
  fields: [
    { name: "decisionId", type: "string", doc: "Of the request." },
    { name: "unit", type: "string", doc: "Of the request." },
    { name: "useCase", type: "string", doc: "Of the request." },
    { name: "blueprintVersion", type: "string", doc: "The version that was valid at decisionTime." },
    {
      name: "modelId",
      type: ["null", "string"],
      doc: "The model in production at decisionTime; null before there is one.",
    },
    {
      name: "features",
      type: { type: "array", items: ["null", "double", "string"] },
      doc: "The feature vector as logged, in the blueprint's order; null is a missing value, a string a category.",
    },
    { name: "predictions", type: { type: "map", values: "double" }, doc: "By objective; empty without a model." },
    {
      name: "actions",
      type: { type: "array", items: ["boolean", "double", "string"] },
      doc: "What could have been chosen; empty where the decision space is not finite.",
    },
    {
      name: "distribution",
      type: { type: "array", items: "double" },
      doc: "Probability of each action, in their order; sums to 1, or is empty.",
    },
    { name: "value", type: ["null", "boolean", "double", "string"], doc: "What was chosen; null without a model." },
    {
      name: "propensity",
      type: ["null", "double"],
      doc: "Probability with which the value was chosen; null without a choice, and where it is not known of a logged one.",
    },
    { name: "seed", type: "string", doc: "Seed of the sampling: hex, from salt, use case and decision id." },
    { name: "mode", type: "string", doc: "loggingOnly, apprentice or online." },
    {
      name: "reason",
      type: "string",
      doc: "noModel, holdout, control, explore, exploit or error; logged: the action was taken elsewhere, and imported with the request.",
    },
    {
      name: "decisionTime",
      type: { type: "long", logicalType: "timestamp-millis" },
      doc: "Event time of the request.",
    },
    { name: "deferred", type: "boolean", doc: "Decided, not yet shown.", default: false },
    {
      name: "repeatOf",
      type: ["null", { type: "long", logicalType: "timestamp-millis" }],
      doc: "Time of the first decision under this id, where its answer was kept no longer and a new one was made; null: none was known.",
      default: null,
    },
    {
      name: "keys",
      type: ["null", { type: "map", values: "string" }],
      doc: "Entries of the request's context that windows can be kept by, whether or not one is: the events of its observations have them. Null: they were not kept, and its observations are no events.",
      default: null,
    },
  ],
} as const;

export const decisionRepliedSchema = {
  type: "record",
  name: "DecisionReplied",
  namespace: "loopstream",
  doc: "The answer to one request.",
  fields: [
    { name: "decisionId", type: "string", doc: "Of the request." },
    { name: "useCase", type: "string", doc: "Of the request." },
    {
      name: "value",
      type: ["null", "boolean", "double", "string"],
      doc: "The decision; null: use your default, reason says why.",
    },
    { name: "reason", type: "string", doc: "noModel, holdout, control, explore, exploit or error." },
    {
      name: "propensity",
      type: ["null", "double"],
      doc: "Probability with which this value was chosen; null without a choice.",
      default: null,
    },
    { name: "blueprintVersion", type: ["null", "string"], doc: "The version that answered.", default: null },
    { name: "modelId", type: ["null", "string"], doc: "The model that answered.", default: null },
    { name: "error", type: ["null", "string"], doc: "With reason error: what to mend.", default: null },
    {
      name: "repeatOf",
      type: ["null", { type: "long", logicalType: "timestamp-millis" }],
      doc: "Time of the first decision under this id, where its answer was kept no longer and a new one was made; null: none was known.",
      default: null,
    },
  ],
} as const;

export const decisionRequestedSchema = {
  type: "record",
  name: "DecisionRequested",
  namespace: "loopstream",
  doc: "A product asks for a decision. The record's timestamp is its event time; its key is the decision id.",
  fields: [
    {
      name: "decisionId",
      type: "string",
      doc: "Chosen by the caller; what observations name. Within a use case one id is one decision of one unit.",
    },
    { name: "useCase", type: "string", doc: "Which blueprint answers." },
    { name: "unit", type: "string", doc: "User, device or other entity the decision is about." },
    {
      name: "context",
      type: { type: "map", values: ["null", "boolean", "double", "string"] },
      doc: "What the product knows now, by name.",
    },
    { name: "deferred", type: "boolean", doc: "Decided now, shown later or never.", default: false },
    {
      name: "logged",
      type: [
        "null",
        {
          type: "record",
          name: "LoggedAction",
          doc: "An action that was taken elsewhere, as data that is imported tells it.",
          fields: [
            {
              name: "value",
              type: ["boolean", "double", "string"],
              doc: "What was chosen; one of the blueprint's decision space.",
            },
            {
              name: "propensity",
              type: ["null", "double"],
              doc: "Probability with which it was chosen, above 0 and at most 1; null: not known.",
              default: null,
            },
          ],
          namespace: "loopstream",
        },
      ],
      doc: "History only: the action that was taken then, which is recorded instead of one of the policy's. In a request that no feed of history has sent it is refused, and the policy decides.",
      default: null,
    },
  ],
} as const;

export const enrichedSchema = {
  type: "record",
  name: "Enriched",
  namespace: "loopstream",
  doc: "A request with its features. In-memory edge between enrich and infer.",
  fields: [
    {
      name: "request",
      type: {
        type: "record",
        name: "DecisionRequested",
        namespace: "loopstream",
        doc: "A product asks for a decision. The record's timestamp is its event time; its key is the decision id.",
        fields: [
          {
            name: "decisionId",
            type: "string",
            doc: "Chosen by the caller; what observations name. Within a use case one id is one decision of one unit.",
          },
          { name: "useCase", type: "string", doc: "Which blueprint answers." },
          { name: "unit", type: "string", doc: "User, device or other entity the decision is about." },
          {
            name: "context",
            type: { type: "map", values: ["null", "boolean", "double", "string"] },
            doc: "What the product knows now, by name.",
          },
          { name: "deferred", type: "boolean", doc: "Decided now, shown later or never.", default: false },
          {
            name: "logged",
            type: [
              "null",
              {
                type: "record",
                name: "LoggedAction",
                doc: "An action that was taken elsewhere, as data that is imported tells it.",
                fields: [
                  {
                    name: "value",
                    type: ["boolean", "double", "string"],
                    doc: "What was chosen; one of the blueprint's decision space.",
                  },
                  {
                    name: "propensity",
                    type: ["null", "double"],
                    doc: "Probability with which it was chosen, above 0 and at most 1; null: not known.",
                    default: null,
                  },
                ],
                namespace: "loopstream",
              },
            ],
            doc: "History only: the action that was taken then, which is recorded instead of one of the policy's. In a request that no feed of history has sent it is refused, and the policy decides.",
            default: null,
          },
        ],
      },
      doc: "The request as it came.",
    },
    { name: "blueprintVersion", type: ["null", "string"], doc: "Valid at the request's event time; null: none was." },
    {
      name: "features",
      type: { type: "array", items: ["null", "double", "string"] },
      doc: "In the blueprint's order.",
    },
    { name: "error", type: ["null", "string"], doc: "Why the request can't be decided." },
    {
      name: "misfits",
      type: ["null", { type: "map", values: "string" }],
      doc: "Entries of the context that count for nothing, by name: unknown to the blueprint, or unusable for their type. Null: none.",
      default: null,
    },
  ],
} as const;

export const eventRecordedSchema = {
  type: "record",
  name: "EventRecorded",
  namespace: "loopstream",
  doc: "Something that happened, whether or not a decision was asked for. Its timestamp is the event time.",
  fields: [
    { name: "kind", type: "string", doc: "The blueprint's word for it." },
    {
      name: "attributes",
      type: { type: "map", values: ["null", "boolean", "double", "string"] },
      doc: "Context keys it belongs to and measured fields, by name.",
    },
  ],
} as const;

export const hourlyStatsSchema = {
  type: "record",
  name: "HourlyStats",
  namespace: "loopstream",
  doc: "What one partition saw of one use case in one hour of event time. Its key is useCase.",
  fields: [
    { name: "useCase", type: "string", doc: "Of the decisions." },
    { name: "hour", type: { type: "long", logicalType: "timestamp-millis" }, doc: "Start of the hour." },
    { name: "partition", type: "int", doc: "Of the decisions topic." },
    { name: "blueprintVersion", type: "string", doc: "Of the decisions." },
    { name: "decisions", type: "long", doc: "Made." },
    { name: "nulls", type: "long", doc: "Without a value." },
    { name: "errors", type: "long", doc: "With reason error." },
    { name: "rows", type: "long", doc: "Labelled, by the hour of the row." },
    { name: "expired", type: "long", doc: "Decisions whose wait ended without a label, by that hour." },
    { name: "corrected", type: "long", doc: "Rows corrected by a late observation." },
    {
      name: "values",
      type: { type: "map", values: "long" },
      doc: "Decisions by value: names cut at 64 bytes, numbers by the power of two below their size, signed; past 64 of them (other).",
    },
    {
      name: "features",
      type: {
        type: "map",
        values: {
          type: "record",
          name: "Distribution",
          doc: "What values were seen, without the values.",
          fields: [
            { name: "count", type: "long", doc: "Values seen." },
            { name: "missing", type: "long", doc: "Missing values among them." },
            { name: "mean", type: "double", doc: "Of the numbers; 0 without one." },
            { name: "variance", type: "double", doc: "Of the numbers." },
            { name: "min", type: ["null", "double"], doc: "Smallest number." },
            { name: "max", type: ["null", "double"], doc: "Largest number." },
            {
              name: "buckets",
              type: { type: "map", values: "long" },
              doc: "Count by bucket: categories by name, cut at 64 bytes, numbers by the power of two below their size, signed; past 64 of them (other).",
            },
          ],
          namespace: "loopstream",
        },
      },
      doc: "By feature. Where an hour has no room for more of them, the rest is counted as (other).",
    },
    { name: "predictions", type: { type: "map", values: "loopstream.Distribution" }, doc: "By objective." },
    { name: "labels", type: "loopstream.Distribution", doc: "Of the rows." },
    { name: "latencyMs", type: "loopstream.Distribution", doc: "From fetch to reply, measured, not reproducible." },
    {
      name: "unknown",
      type: { type: "map", values: "long" },
      doc: "What was sent and the blueprint does not know, by context.NAME, observation.NAME and kind.NAME: names cut at 64 bytes, past 64 of them (other). An observation is counted with the decision that it is about, by its own time.",
      default: {},
    },
    {
      name: "unusable",
      type: { type: "map", values: "long" },
      doc: "What was sent and its declared type can't read, by context.NAME and observation.NAME, the same.",
      default: {},
    },
  ],
} as const;

export const importedLinesSchema = {
  type: "record",
  name: "ImportedLines",
  namespace: "loopstream",
  doc: "Lines of files that an import has published, so that it publishes none of them again. Its key is scope/source/hour/number.",
  fields: [
    {
      name: "scope",
      type: "string",
      doc: "The use case of the decisions and observations. Empty: events of no decision.",
    },
    { name: "source", type: "string", doc: "The feed whose event time they moved." },
    {
      name: "hour",
      type: { type: "long", logicalType: "timestamp-millis" },
      doc: "They are dated in the hour that begins then.",
    },
    { name: "lines", type: "bytes", doc: "A name of 8 bytes for each." },
    {
      name: "facts",
      type: "bytes",
      default: "",
      doc: "Of each line 20 bytes, by which a line that was changed since is known: what it is about, what it says, ms of its time within the hour. Empty in records of earlier releases.",
    },
  ],
} as const;

export const instanceReportedSchema = {
  type: "record",
  name: "InstanceReported",
  namespace: "loopstream",
  doc: "How far one instance of the loop is, as it says itself every second.",
  fields: [
    {
      name: "instance",
      type: "string",
      doc: "A name of its own; empty: nobody's, to learn what time it is on the log.",
    },
    { name: "running", type: "boolean", doc: "False: it has stopped." },
    { name: "blueprintsRead", type: "long", doc: "The next offset of the topic of blueprints that it reads." },
    {
      name: "warming",
      type: { type: "array", items: "string" },
      doc: "State ids of the window groups that do not count all retained events yet.",
    },
    { name: "eventsLeft", type: "long", doc: "Retained events that it has still to read for them." },
  ],
} as const;

export const joinedSchema = {
  type: "record",
  name: "Joined",
  namespace: "loopstream",
  doc: "A decision with its label. In-memory edge between join and etl.",
  fields: [
    {
      name: "decision",
      type: {
        type: "record",
        name: "DecisionRecorded",
        namespace: "loopstream",
        doc: "A decision as it was made: everything a training row or a later estimate needs. Its key is the decision id.",
        fields: [
          { name: "decisionId", type: "string", doc: "Of the request." },
          { name: "unit", type: "string", doc: "Of the request." },
          { name: "useCase", type: "string", doc: "Of the request." },
          { name: "blueprintVersion", type: "string", doc: "The version that was valid at decisionTime." },
          {
            name: "modelId",
            type: ["null", "string"],
            doc: "The model in production at decisionTime; null before there is one.",
          },
          {
            name: "features",
            type: { type: "array", items: ["null", "double", "string"] },
            doc: "The feature vector as logged, in the blueprint's order; null is a missing value, a string a category.",
          },
          { name: "predictions", type: { type: "map", values: "double" }, doc: "By objective; empty without a model." },
          {
            name: "actions",
            type: { type: "array", items: ["boolean", "double", "string"] },
            doc: "What could have been chosen; empty where the decision space is not finite.",
          },
          {
            name: "distribution",
            type: { type: "array", items: "double" },
            doc: "Probability of each action, in their order; sums to 1, or is empty.",
          },
          {
            name: "value",
            type: ["null", "boolean", "double", "string"],
            doc: "What was chosen; null without a model.",
          },
          {
            name: "propensity",
            type: ["null", "double"],
            doc: "Probability with which the value was chosen; null without a choice, and where it is not known of a logged one.",
          },
          { name: "seed", type: "string", doc: "Seed of the sampling: hex, from salt, use case and decision id." },
          { name: "mode", type: "string", doc: "loggingOnly, apprentice or online." },
          {
            name: "reason",
            type: "string",
            doc: "noModel, holdout, control, explore, exploit or error; logged: the action was taken elsewhere, and imported with the request.",
          },
          {
            name: "decisionTime",
            type: { type: "long", logicalType: "timestamp-millis" },
            doc: "Event time of the request.",
          },
          { name: "deferred", type: "boolean", doc: "Decided, not yet shown.", default: false },
          {
            name: "repeatOf",
            type: ["null", { type: "long", logicalType: "timestamp-millis" }],
            doc: "Time of the first decision under this id, where its answer was kept no longer and a new one was made; null: none was known.",
            default: null,
          },
          {
            name: "keys",
            type: ["null", { type: "map", values: "string" }],
            doc: "Entries of the request's context that windows can be kept by, whether or not one is: the events of its observations have them. Null: they were not kept, and its observations are no events.",
            default: null,
          },
        ],
      },
      doc: "As recorded.",
    },
    {
      name: "label",
      type: ["null", "double"],
      doc: "From the observations, or the default; null: there is neither, the decision has expired.",
    },
    {
      name: "labelTime",
      type: ["null", { type: "long", logicalType: "timestamp-millis" }],
      doc: "Event time of the observation that settled it; null for a default label.",
    },
    {
      name: "rowTime",
      type: { type: "long", logicalType: "timestamp-millis" },
      doc: "Event time at which the row was complete.",
    },
    { name: "maturity", type: "string", doc: "provisional, mature, corrected or expired." },
  ],
} as const;

export const modelArtifactSchema = {
  type: "record",
  name: "ModelArtifact",
  namespace: "loopstream",
  doc: "A piece of an ONNX file. Its key is sha256/chunk.",
  fields: [
    { name: "sha256", type: "string", doc: "Of the whole file." },
    { name: "chunk", type: "int", doc: "From 0." },
    { name: "chunks", type: "int", doc: "Of the whole file." },
    { name: "content", type: "bytes", doc: "At most 512 KiB." },
  ],
} as const;

export const modelRecordedSchema = {
  type: "record",
  name: "ModelRecorded",
  namespace: "loopstream",
  doc: "A trained model, its evidence and its states. Its key is useCase/modelId.",
  fields: [
    { name: "modelId", type: "string", doc: "Of the artifact and its provenance." },
    { name: "useCase", type: "string", doc: "Which use case it serves." },
    { name: "blueprintVersion", type: "string", doc: "The version whose rows and features it was trained on." },
    {
      name: "artifact",
      type: {
        type: "record",
        name: "ArtifactReference",
        doc: "Where an ONNX file lies on the artifacts topic.",
        fields: [
          { name: "sha256", type: "string", doc: "Of the whole ONNX file." },
          { name: "bytes", type: "long", doc: "Of the whole ONNX file." },
          { name: "chunks", type: "int", doc: "Records on the artifacts topic." },
          { name: "partition", type: "int", doc: "Where they are." },
          { name: "offset", type: "long", doc: "No chunk lies before this offset." },
        ],
        namespace: "loopstream",
      },
      doc: "Where the ONNX file is.",
    },
    {
      name: "states",
      type: {
        type: "array",
        items: {
          type: "record",
          name: "ModelState",
          doc: "A state a model entered, when and why.",
          fields: [
            { name: "state", type: "string", doc: "trained, shadow, canary, production, retired or withdrawn." },
            {
              name: "time",
              type: { type: "long", logicalType: "timestamp-millis" },
              doc: "Event time after which it holds.",
            },
            { name: "reason", type: "string", doc: "Why, with the figures that decided." },
          ],
          namespace: "loopstream",
        },
      },
      doc: "In time order; nothing is ever taken out.",
    },
    { name: "metrics", type: { type: "map", values: "double" }, doc: "On the rows held out." },
    {
      name: "provenance",
      type: {
        type: "record",
        name: "Provenance",
        doc: "What a model was trained on and with.",
        fields: [
          { name: "rowsTopic", type: "string", doc: "Where the rows came from." },
          {
            name: "ranges",
            type: {
              type: "array",
              items: {
                type: "record",
                name: "OffsetRange",
                doc: "A stretch of one partition.",
                fields: [
                  { name: "partition", type: "int", doc: "Of the rows topic." },
                  { name: "from", type: "long", doc: "First offset read." },
                  { name: "to", type: "long", doc: "One past the last offset read." },
                ],
                namespace: "loopstream",
              },
            },
            doc: "What was read of it.",
          },
          {
            name: "until",
            type: { type: "long", logicalType: "timestamp-millis" },
            doc: "Rows complete after this event time were left out.",
          },
          { name: "rows", type: "long", doc: "Trained on." },
          { name: "holdout", type: "long", doc: "Held out for the evaluation." },
          { name: "seed", type: "long", doc: "Of the learner." },
          {
            name: "trainedUntil",
            type: { type: "long", logicalType: "timestamp-millis" },
            doc: "Decision time of the newest row trained on.",
          },
          { name: "codeVersion", type: "string", doc: "Of loopstream." },
          {
            name: "versions",
            type: { type: "array", items: "string" },
            doc: "Blueprint versions whose rows were read; empty in records of earlier versions of loopstream, which did not say.",
            default: [],
          },
          {
            name: "leftOut",
            type: {
              type: "array",
              items: {
                type: "record",
                name: "LeftOutRows",
                doc: "Rows of one version that were there and could not be used.",
                fields: [
                  { name: "version", type: "string", doc: "The blueprint version that made the decisions." },
                  { name: "rows", type: "long", doc: "Records; a corrected row counts each time it was written." },
                  {
                    name: "kind",
                    type: "string",
                    doc: "otherVersion: its features or its label are others. unreadable: its schema can't be read as the model's.",
                  },
                  { name: "reason", type: "string", doc: "In words." },
                ],
                namespace: "loopstream",
              },
            },
            doc: "Of the versions whose rows are not among them; empty in records of earlier versions of loopstream, which did not say.",
            default: [],
          },
          {
            name: "treated",
            type: {
              type: "array",
              items: {
                type: "record",
                name: "TreatedValues",
                doc: "A column in which values were not learnt as they are.",
                fields: [
                  { name: "name", type: "string", doc: "A feature, or label." },
                  {
                    name: "treatment",
                    type: "string",
                    doc: "clamped: a feature beyond 1e38, learnt as that. leftOut: a label that can't be learnt; its rows are neither trained on nor held out.",
                  },
                  { name: "rows", type: "long", doc: "So many." },
                  {
                    name: "decisions",
                    type: { type: "array", items: "string" },
                    doc: "Ids of the first of them, by the decisions' times.",
                  },
                ],
                namespace: "loopstream",
              },
            },
            doc: "Values that the learner can't take as they are; empty in records of earlier versions of loopstream, which had none.",
            default: [],
          },
        ],
        namespace: "loopstream",
      },
      doc: "Enough to train it again.",
    },
  ],
} as const;

export const observationMisfitsSchema = {
  type: "record",
  name: "ObservationMisfits",
  namespace: "loopstream",
  doc: "What an observation says that counts for nothing. In-memory edge between join and monitor.",
  fields: [
    { name: "useCase", type: "string", doc: "Of the decision that it is about." },
    { name: "blueprintVersion", type: "string", doc: "Of that decision." },
    {
      name: "entries",
      type: { type: "map", values: "string" },
      doc: "By name: unknown to the blueprint, or unusable for its type.",
    },
    { name: "kind", type: ["null", "string"], doc: "Its kind, where the blueprint does not know that; null: it does." },
  ],
} as const;

export const observationRecordedSchema = {
  type: "record",
  name: "ObservationRecorded",
  namespace: "loopstream",
  doc: "What happened after a decision. Its key is the decision id, its timestamp the event time.",
  fields: [
    { name: "decisionId", type: "string", doc: "The decision it belongs to." },
    {
      name: "useCase",
      type: "string",
      doc: "The use case of that decision. Empty: it belongs to the decisions of this id in every use case.",
      default: "",
    },
    {
      name: "observationId",
      type: "string",
      doc: "Names this observation: the same id sent again counts once. Empty: the place of the record names it, so each record counts, equal ones too.",
      default: "",
    },
    {
      name: "values",
      type: { type: "map", values: ["null", "boolean", "double", "string"] },
      doc: "Measured values by name.",
    },
  ],
} as const;

export const scoredSchema = {
  type: "record",
  name: "Scored",
  namespace: "loopstream",
  doc: "An enriched request with its predictions. In-memory edge between infer and decide.",
  fields: [
    {
      name: "enriched",
      type: {
        type: "record",
        name: "Enriched",
        namespace: "loopstream",
        doc: "A request with its features. In-memory edge between enrich and infer.",
        fields: [
          {
            name: "request",
            type: {
              type: "record",
              name: "DecisionRequested",
              namespace: "loopstream",
              doc: "A product asks for a decision. The record's timestamp is its event time; its key is the decision id.",
              fields: [
                {
                  name: "decisionId",
                  type: "string",
                  doc: "Chosen by the caller; what observations name. Within a use case one id is one decision of one unit.",
                },
                { name: "useCase", type: "string", doc: "Which blueprint answers." },
                { name: "unit", type: "string", doc: "User, device or other entity the decision is about." },
                {
                  name: "context",
                  type: { type: "map", values: ["null", "boolean", "double", "string"] },
                  doc: "What the product knows now, by name.",
                },
                { name: "deferred", type: "boolean", doc: "Decided now, shown later or never.", default: false },
                {
                  name: "logged",
                  type: [
                    "null",
                    {
                      type: "record",
                      name: "LoggedAction",
                      doc: "An action that was taken elsewhere, as data that is imported tells it.",
                      fields: [
                        {
                          name: "value",
                          type: ["boolean", "double", "string"],
                          doc: "What was chosen; one of the blueprint's decision space.",
                        },
                        {
                          name: "propensity",
                          type: ["null", "double"],
                          doc: "Probability with which it was chosen, above 0 and at most 1; null: not known.",
                          default: null,
                        },
                      ],
                      namespace: "loopstream",
                    },
                  ],
                  doc: "History only: the action that was taken then, which is recorded instead of one of the policy's. In a request that no feed of history has sent it is refused, and the policy decides.",
                  default: null,
                },
              ],
            },
            doc: "The request as it came.",
          },
          {
            name: "blueprintVersion",
            type: ["null", "string"],
            doc: "Valid at the request's event time; null: none was.",
          },
          {
            name: "features",
            type: { type: "array", items: ["null", "double", "string"] },
            doc: "In the blueprint's order.",
          },
          { name: "error", type: ["null", "string"], doc: "Why the request can't be decided." },
          {
            name: "misfits",
            type: ["null", { type: "map", values: "string" }],
            doc: "Entries of the context that count for nothing, by name: unknown to the blueprint, or unusable for their type. Null: none.",
            default: null,
          },
        ],
      },
      doc: "What infer was given.",
    },
    { name: "modelId", type: ["null", "string"], doc: "In production at the request's event time; null: none was." },
    { name: "predictions", type: { type: "map", values: "double" }, doc: "By objective." },
  ],
} as const;
