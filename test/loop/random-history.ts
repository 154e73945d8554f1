import { parseBlueprint, compileBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import {
  blueprints,
  clock,
  decisionRequests,
  events,
  models,
  modelArtifacts,
  posteriors,
  tableRows,
  observations,
  decisions,
  type TrainingRow,
} from "../../schemas/index.ts";
import {
  createMemoryEngine,
  Publisher,
  readTopic,
  Serdes,
  type AnyTopic,
  type Backbone,
  type Published,
  type StateEngine,
  type Topic,
} from "../../streams/index.ts";
import { createMemoryRegistry } from "../../streams/registry/memory-registry.ts";
import { besideLive, replay, type ReplayOptions, type ReplayResult } from "../../loop/index.ts";
import type { MemoryBackbone } from "./memory-backbone.ts";
import { HOUR, PARCELS, published, request, START } from "../operators/parcels.ts";

export const MINUTE = 60_000;
export const TTL = 6 * HOUR;
/** The label adds up what was observed, so that every observation counts and late ones correct rows. */
export const TEXT = PARCELS.replace("  value: delay >= 10\n", "  value: delay\n  aggregate: sum\n").replace(
  "policy:",
  "model: { objective: regression }\npolicy:",
);
/** The same with one more window, and another label that takes longer and is mostly missing. */
export const WIDER = TEXT.replace(
  "features:\n",
  "features:\n  - n_depot_2h: { count: true, of: scan, by: depot, in: 2h }\n",
).replace(
  /label:\n {2}name: late\n((?: {2}.*\n)*)/,
  (_, late: string) => `labels:
  late:
${late.replaceAll(/^/gm, "  ").trimEnd()}
  worst: { when: delay > 15, value: delay, aggregate: max, wait: 3h }
`,
);
export const version = parseBlueprint(TEXT).version;
export const wider = parseBlueprint(WIDER).version;
const rowsTopics = [TEXT, WIDER].map((text) => rowsTopic(compileBlueprint(text)));
const known = [
  { topic: blueprints, ...published(TEXT) },
  { topic: blueprints, ...published(WIDER, START + 400 * 24 * HOUR) },
];

export type Sent = Published<unknown>;
type Random = () => number;

const integer = (next: Random, below: number): number => Math.floor(next() * below);
/** Coarse, so that many records have the same time. */
const timeIn = (next: Random, from: number, to: number): number =>
  from + Math.floor((next() * (to - from)) / (10 * MINUTE)) * 10 * MINUTE;
const depotOf = (next: Random): string => (next() < 0.5 ? "north" : "south");

export const ask = (next: Random, id: string, time: number): Sent => {
  const context = { weight: integer(next, 30), carrier: next() < 0.5 ? "air" : "road", depot: depotOf(next) };
  const unit = `u${integer(next, 5)}`;
  return { topic: decisionRequests, key: id, value: request(id, context, { unit }), time };
};
export const scan = (next: Random, time: number): Sent => {
  const depot = depotOf(next);
  return {
    topic: events,
    key: depot,
    value: { kind: "scan", attributes: { depot, minutes: integer(next, 60) / 7 } },
    time,
  };
};
export const seen = (next: Random, id: string, time: number): Sent => {
  const value = {
    decisionId: id,
    useCase: "",
    observationId: "",
    values: { kind: "arrival", delay: integer(next, 40) },
  };
  return { topic: observations, key: id, value, time };
};

/** Requests, scans and observations of twelve hours, by time. */
export function history(next: Random, requests: number): readonly Sent[] {
  const sent: Sent[] = [];
  for (let i = 0; i < requests; i++) {
    const time = timeIn(next, START, START + 12 * HOUR);
    sent.push(ask(next, `d${i}`, time));
    for (let n = integer(next, 4); n > 0; n--) sent.push(seen(next, `d${i}`, timeIn(next, time, time + 7 * HOUR)));
  }
  for (let i = 0; i < 2 * requests; i++) sent.push(scan(next, timeIn(next, START - 3 * HOUR, START + 12 * HOUR)));
  sent.push(seen(next, "of nothing", START + HOUR));
  return sent.sort((a, b) => a.time - b.time);
}

/** Topics with what a replay needs, and nothing decided yet. */
export class World<B extends Backbone = MemoryBackbone> {
  readonly backbone: B;
  readonly registry = createMemoryRegistry();
  readonly serdes = new Serdes(this.registry);
  readonly partitions: number;

  constructor(backbone: B, partitions: number) {
    this.backbone = backbone;
    this.partitions = partitions;
  }

  async publish(records: readonly Sent[]): Promise<void> {
    const publisher = await Publisher.open(this.backbone, this.serdes, this.partitions);
    await publisher.publish(records);
  }

  async open(): Promise<this> {
    for (const topic of [
      decisionRequests,
      observations,
      events,
      decisions,
      models,
      modelArtifacts,
      tableRows,
      posteriors,
      clock,
    ] as AnyTopic[]) {
      await this.backbone.ensureTopics([
        { name: topic.name, partitions: topic.partitions ?? this.partitions, cleanup: topic.cleanup ?? "delete" },
      ]);
      await this.serdes.open(topic);
    }
    await this.publish([
      ...known,
      { topic: clock, key: "clock", value: { time: START + 100 * HOUR }, time: START + 100 * HOUR },
    ]);
    return this;
  }

  async replay(
    options: Partial<ReplayOptions> = {},
    engine: StateEngine = createMemoryEngine(),
  ): Promise<ReplayResult> {
    const result = await replay({
      backbone: this.backbone,
      registry: this.registry,
      partitions: this.partitions,
      commitIntervalMs: 0,
      salt: "s",
      dir: "/nowhere",
      engine,
      stepMs: 200 * HOUR,
      latenessMs: HOUR,
      request: { useCase: "parcels" },
      ...options,
    });
    return result!;
  }

  /** Every row that was written, the corrected ones' former selves too, in no order. */
  async rows(
    { replay: name, useCase, rowsTopic: topicName }: ReplayResult,
    of = version,
  ): Promise<readonly TrainingRow[]> {
    const side = besideLive(this.backbone, `${name}-`, { rows: { useCase, topic: topicName } });
    const topic: Topic<TrainingRow> = rowsTopics[of === version ? 0 : 1]!;
    const rows: TrainingRow[] = [];
    if ((await side.partitions(topic.name)) === undefined) return rows;
    for await (const { value } of readTopic(side, this.serdes, topic))
      if (value["blueprintVersion"] === of) rows.push(value);
    return rows;
  }
}

export const sorted = (rows: readonly TrainingRow[]): readonly string[] =>
  rows.map((row) => JSON.stringify(row)).sort();
