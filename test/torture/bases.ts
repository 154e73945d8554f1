import { compileBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import {
  alerts,
  blueprints,
  clock,
  decisionReplies,
  decisionRequests,
  decisions,
  events,
  hourlyStats,
  modelArtifacts,
  models,
  observations,
} from "../../schemas/index.ts";
import { partitionOf, type AnyTopic, type Backbone, type OutgoingRecord, type Serdes } from "../../streams/index.ts";
import { TORTURED } from "./control.ts";

/** A record as it should be, to be ill-treated. */
export interface Base {
  readonly topic: AnyTopic;
  readonly value: object;
  readonly record: OutgoingRecord;
  /** The running loop decodes it. */
  readonly read: boolean;
  /** Only the newest of each key counts. */
  readonly table: boolean;
  /** Only the newest of all is read when a process joins: one before it may never be met. */
  readonly passed: boolean;
}

const distribution = { count: 0, missing: 0, mean: 0, variance: 0, min: null, max: null, buckets: {} };

interface Maker {
  readonly topic: AnyTopic;
  readonly read: boolean;
  readonly value: (id: string, random: () => number) => object;
}

const compiled = compileBlueprint(TORTURED);
const { blueprint } = compiled;
const rows = rowsTopic(compiled);
const times = (time: number): { readonly decisionTime: number; readonly rowTime: number } => ({
  decisionTime: time,
  rowTime: time,
});

const makers: readonly Maker[] = [
  {
    topic: decisionRequests,
    read: true,
    value: (decisionId, random) => ({
      decisionId,
      useCase: random() < 0.9 ? "tortured" : "nobody's",
      unit: `unit-${decisionId}`,
      context: { x: random() < 0.1 ? "far" : random(), plan: random() < 0.1 ? 7 : "free", who: decisionId, more: null },
      deferred: false,
    }),
  },
  {
    topic: observations,
    read: true,
    value: (decisionId, random) => ({
      decisionId,
      observationId: random() < 0.5 ? "" : "o",
      values: { kind: "purchase", price: random() * 10 },
    }),
  },
  {
    topic: events,
    read: true,
    value: (id, random) => ({
      kind: random() < 0.9 ? "click" : "constructor",
      attributes: { who: id, amount: random() },
    }),
  },
  {
    topic: decisions,
    read: true,
    value: (decisionId) => ({
      decisionId,
      unit: "u",
      useCase: "tortured",
      blueprintVersion: blueprint.version,
      modelId: null,
      features: [1, "free", 0, null],
      predictions: {},
      actions: [],
      distribution: [],
      value: null,
      propensity: null,
      seed: "",
      mode: "loggingOnly",
      reason: "noModel",
      decisionTime: Date.now(),
      deferred: false,
      repeatOf: null,
    }),
  },
  {
    topic: blueprints,
    read: true,
    value: (id, random) => ({
      useCase: `tortured-${id}`,
      version: "0123456789ab",
      text: random() < 0.5 ? TORTURED : "decisionSpace: { rank: items }\nneeds: a newer release\n",
      activations: [{ time: Date.now(), live: true }],
      shadowings: [],
      parameters: [],
      modes: [],
    }),
  },
  {
    topic: models,
    read: true,
    value: (modelId) => ({
      ...{ modelId, useCase: "tortured", blueprintVersion: blueprint.version, metrics: {}, report: null },
      artifact: { sha256: modelId, bytes: 1, chunks: 1, partition: 0, offset: 0 },
      states: [{ state: "trained", time: Date.now(), reason: "none", share: null, by: "unit", ladder: false }],
      provenance: {
        ...{ rowsTopic: rows.name, ranges: [], until: 0, rows: 0, holdout: 0, seed: 0, trainedUntil: 0 },
        ...{ codeVersion: "", versions: [], leftOut: [], treated: [] },
      },
    }),
  },
  { topic: clock, read: true, value: (_, random) => ({ time: Math.floor((random() - 0.5) * 2 ** 52) }) },
  {
    topic: modelArtifacts,
    read: false,
    value: (id) => ({ sha256: id, chunk: 0, chunks: 1, content: Buffer.from(id) }),
  },
  { topic: alerts, read: false, value: (id) => ({ useCase: id, kind: "k", message: id, time: Date.now() }) },
  {
    topic: hourlyStats,
    read: false,
    value: (id) => ({
      ...{ useCase: id, hour: 0, partition: 0, blueprintVersion: "", decisions: 0, nulls: 0, errors: 0, rows: 0 },
      ...{ expired: 0, corrected: 0, values: {}, features: {}, predictions: {}, labels: distribution },
      latencyMs: distribution,
    }),
  },
  {
    topic: decisionReplies,
    read: false,
    value: (decisionId) => ({
      ...{ decisionId, useCase: "tortured", value: null, reason: "noModel", propensity: null },
      ...{ blueprintVersion: null, modelId: null, error: null, repeatOf: null },
    }),
  },
  {
    topic: rows,
    read: false,
    value: (decisionId) => ({
      ...{ decisionId, unit: "u", blueprintVersion: blueprint.version, modelId: null, mode: "m", reason: "r" },
      ...times(Date.now()),
      ...{ maturity: "mature", value: null, propensity: null, x: 1, plan: null, clicks: 0, spent: null, label: 1 },
      ...{ prediction_bought: null, labelTime: null },
    }),
  },
];

/** Of these topics records are made. */
export const torturedTopics: readonly AnyTopic[] = makers.map(({ topic }) => topic);

/** The `n`th record as it should be, of the topic named or of one that is drawn. */
export async function baseOf(
  n: number,
  random: () => number,
  backbone: Backbone,
  serdes: Serdes,
  only?: string,
): Promise<Base> {
  const drawn = only === undefined ? makers : makers.filter(({ topic }) => topic.name === only);
  const { topic, read, value: make } = drawn[Math.floor(random() * drawn.length)]!;
  const id = `t${n}`;
  const value = make(id, random);
  const count = (await backbone.partitions(topic.name)) ?? 1;
  const record: OutgoingRecord = {
    topic: topic.name,
    partition: partitionOf(Buffer.from(id), count),
    timestamp: Date.now() - Math.floor(random() * 60_000),
    key: Buffer.from(id),
    value: serdes.encode(topic as never, value as never),
  };
  return { topic, value, record, read, table: topic.cleanup === "compact", passed: topic === clock };
}
