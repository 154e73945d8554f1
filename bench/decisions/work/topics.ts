import { defineTopic, type Topic } from "../../../streams/index.ts";

/** Partitions of the requests, the unit features, the decisions and the replies. */
export const PARTITIONS = 4;
export const REQUEST_FEATURES = 20;
export const UNIT_FEATURES = 30;
export const MODEL_FEATURES = REQUEST_FEATURES + UNIT_FEATURES;
export const MODEL_NAME = "gbdt-100x6";

export interface BenchRequest {
  readonly id: string;
  readonly unit: string;
  readonly features: Float32Array;
}

export interface UnitFeatures {
  readonly values: Float32Array;
}

export interface BenchDecision {
  readonly id: string;
  readonly unit: string;
  readonly score: number;
  readonly value: number;
  readonly action: string;
  readonly model: string;
  /** The model's input: the request's features, then the unit's. */
  readonly features: Float32Array;
}

export interface BenchReply {
  readonly id: string;
  readonly action: string;
  readonly value: number;
  readonly score: number;
}

const floats = { type: "array", items: "float" };
const record = (name: string, fields: Readonly<Record<string, unknown>>) => ({
  type: "record",
  name,
  namespace: "loopstream.bench",
  fields: Object.entries(fields).map(([field, type]) => ({ name: field, type })),
});

const schemas = {
  request: record("Request", { id: "string", unit: "string", features: floats }),
  unit: record("UnitFeatures", { values: floats }),
  decision: record("Decision", {
    id: "string",
    unit: "string",
    score: "float",
    value: "double",
    action: "string",
    model: "string",
    features: floats,
  }),
  reply: record("Reply", { id: "string", action: "string", value: "double", score: "float" }),
};

/** In every record's frame. The peers in Java have the same numbers (bench/peers, Codec). */
export const schemaIds: Readonly<Record<string, number>> = Object.freeze({
  Request: 1,
  UnitFeatures: 2,
  Decision: 3,
  Reply: 4,
});

/** Keyed by unit, so that a unit's state is beside its requests. */
export const requestsOn = (name: string): Topic<BenchRequest> =>
  defineTopic({ name, schema: schemas.request, floatVectors: true });
export const decisionsOn = (name: string): Topic<BenchDecision> =>
  defineTopic({ name, schema: schemas.decision, floatVectors: true });
/** Keyed by unit, compacted: every peer fills its local store from it. */
export const unitFeatures: Topic<UnitFeatures> = defineTopic({
  name: "unit-features",
  schema: schemas.unit,
  cleanup: "compact",
  floatVectors: true,
});
/** A request's headers name this topic and one of its partitions. */
export const replies: Topic<BenchReply> = defineTopic({ name: "decision-replies", schema: schemas.reply });
/** Always empty: a peer reads it while it only fills its state. */
export const noRequests = requestsOn("no-requests");
