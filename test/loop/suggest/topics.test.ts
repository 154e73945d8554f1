import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseBlueprint } from "../../../blueprints/index.ts";
import { fileTables } from "../../../cli/files/index.ts";
import { deliveries, FIRST_DAY } from "../../../cli/simulator/readers.ts";
import {
  importHistory,
  openTools,
  publishBlueprint,
  suggestFromTables,
  suggestFromTopics,
  type ColumnNames,
  type HistoryTables,
  type ReadOfTopic,
  type SuggestFromTopics,
  type Tools,
} from "../../../loop/index.ts";
import { decisionRequests, events, observations } from "../../../schemas/index.ts";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../../streams/index.ts";
import { random } from "../../blueprints/random.ts";
import { flights, root } from "../../e2e/command.ts";
import { until } from "./flights-until.ts";
import { HOUR, iso, START, tableOf, type Values } from "./tables.ts";

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Tools;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-suggest-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "test" });
});
afterEach(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true });
});

const NOW = START + 10_000 * HOUR;
type Read = readonly ReadOfTopic[];

async function suggested(options: Omit<SuggestFromTopics, "now" | "onRead">) {
  let read: Read = [];
  let repeated = 0;
  const onRead = (found: { readonly read: Read; readonly repeated: number }): void =>
    ({ read, repeated } = found) as never;
  const result = await suggestFromTopics(tools, { ...options, now: NOW, onRead });
  return { ...result, read, repeated };
}

/** All that a blueprint says, without the order of names that two readings may meet in another order. */
function contentOf(text: string) {
  const {
    context,
    events: kinds,
    features,
    labels,
    policy,
    join: ofJoin,
    training,
    observations: values,
  } = parseBlueprint(text);
  const byName = [...features].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { context, kinds, features: byName, labels, policy, join: ofJoin, training, values };
}

/** Imports tables under a published blueprint, and suggests one from the tables and one from the topics. */
async function bothWays(
  tables: HistoryTables,
  columns: ColumnNames,
  label: string,
  published: string,
): Promise<Awaited<ReturnType<typeof suggested>>> {
  await publishBlueprint(tools, published);
  const blueprint = parseBlueprint(published);
  const { useCase } = blueprint;
  const { badLines } = await importHistory({ id: "test", tools, blueprint, tables, columns });
  expect(badLines).toEqual([]);
  const fromFiles = await suggestFromTables({ useCase, label, tables, columns });
  const fromTopics = await suggested({
    useCase,
    label,
    unit: columns.unit?.includes("+") === true ? columns.unit : undefined,
  });
  expect(contentOf(fromTopics.text)).toEqual(contentOf(fromFiles.text));
  expect(parseBlueprint(fromTopics.text).features.filter(({ kind }) => kind === "window").length).toBeGreaterThan(0);
  return fromTopics;
}

/** The tutorial's product, as tables. */
function tutorial(): HistoryTables {
  const decisions: Values[] = [];
  const observed: (readonly [number, Values])[] = [];
  const happened: (readonly [number, Values])[] = [];
  for (const edition of deliveries(1, FIRST_DAY, 14)) {
    for (const { decisionId, reader, time, context, opened } of edition.slice(0, 100)) {
      const { edition: name, weekend, wifi } = context;
      decisions.push({ decision_id: decisionId, decision_ts: iso(time), reader, edition: name, weekend, wifi });
      if (opened === undefined) continue;
      const [at, { minutes }] = [iso(opened.time), opened];
      observed.push([opened.time, { decision_id: decisionId, event_ts: at, minutes }]);
      happened.push([opened.time, { event_ts: at, kind: "opened", reader, edition: name, minutes }]);
    }
  }
  const inOrder = (some: (readonly [number, Values])[]): readonly Values[] =>
    some.sort((a, b) => a[0] - b[0]).map(([, values]) => values);
  return {
    decisions: tableOf("decisions", decisions),
    observations: tableOf("observations", inOrder(observed)),
    events: tableOf("events", inOrder(happened)),
  };
}

test(
  "the tutorial's product on topics suggests what its files do, and says what was read",
  { timeout: 120_000 },
  async () => {
    const published = await readFile(join(root, "examples/prefetch.yaml"), "utf8");
    const { text, read } = await bothWays(tutorial(), { unit: "reader" }, "minutes > 0", published);
    expect(text).toContain("suggested by loopstream from decision-requests, observations, events.");
    expect(read.map(({ topic, records, used, sampled }) => [topic, records === used, used === sampled])).toEqual([
      ["decision-requests", true, true],
      ["observations", true, true],
      ["events", true, false],
    ]);
    expect(read[0]).toMatchObject({ used: 14 * 300, tombstones: 0, unreadable: 0, ahead: 0, firstUnreadable: null });
    expect(read[0]!.from).toBeGreaterThanOrEqual(FIRST_DAY);
  },
);

test(
  "flights on topics suggest what their files do: events that observations are count once",
  { timeout: 120_000 },
  async () => {
    const files = fileTables({ decisions: flights.decisions, observations: flights.observations });
    const tables = {
      decisions: until(files.decisions!, "decision_ts", "2013-01-08"),
      observations: until(files.observations!, "event_ts", "2013-01-08"),
    };
    const published = await readFile(flights.blueprint, "utf8");
    const { read, suggestion } = await bothWays(tables, { unit: "carrier+flight" }, "delay_min >= 15", published);
    expect(read[1]!.used).toBe(read[2]!.records);
    expect(read[2]!.used).toBe(0);
    expect(suggestion.head[0]).toContain("from decision-requests, observations. Read it");
  },
);

/** Requests and observations as a product sends them: no blueprint is published. */
class Product {
  readonly #records: Parameters<Tools["publisher"]["publish"]>[0][number][] = [];
  readonly useCase: string;

  constructor(useCase: string) {
    this.useCase = useCase;
  }

  ask(decisionId: string, time: number, context: Values, unit = decisionId, logged: boolean | null = null): void {
    const action = logged === null ? null : { value: logged, propensity: null };
    const value = { decisionId, useCase: this.useCase, unit, context, deferred: false, logged: action };
    this.#records.push({ topic: decisionRequests, key: decisionId, value, time });
  }

  observe(
    decisionId: string,
    time: number,
    values: Values,
    more: { useCase?: string; observationId?: string } = {},
  ): void {
    const value = { decisionId, useCase: this.useCase, observationId: "", values, ...more };
    this.#records.push({ topic: observations, key: decisionId, value, time });
  }

  tell(key: string, kind: string, time: number, attributes: Values): void {
    this.#records.push({ topic: events, key, value: { kind, attributes }, time });
  }

  async send(): Promise<void> {
    await tools.publisher.publish(this.#records.splice(0));
  }
}

/** An hour a decision: readers on wifi open more often. */
function askAll(product: Product, first = 0, last = 400): void {
  const next = random(first + 1);
  for (let at = first; at < last; at++) {
    const time = START + at * HOUR;
    const [wifi, mood] = [next() < 0.4, next() < 0.5 ? "good" : "bad"];
    product.ask(
      `d${at}`,
      time,
      { wifi, mood, since: time - Math.floor(next() * 90) * HOUR },
      `reader ${at % 20}`,
      at % 2 === 0,
    );
    product.observe(`d${at}`, time + HOUR / 2, {
      minutes: next() < (wifi ? 0.8 : 0.2) ? 1 + Math.floor(9 * next()) : 0,
    });
  }
}

test("requests of a product without a blueprint suggest one: of its use case alone, each decision and observation once", async () => {
  const product = new Product("news");
  askAll(product);
  product.ask("d7", START + 7 * HOUR + 1_000, { wifi: true, mood: "good", since: START }, "reader 7");
  product.observe("d9", START + 10 * HOUR, { minutes: 3 }, { observationId: "once" });
  product.observe("d9", START + 10 * HOUR, { minutes: 3 }, { observationId: "once" });
  product.observe("d9", START + 11 * HOUR, { minutes: 3 }, { useCase: "" });
  product.observe("unknown", START + 11 * HOUR, { minutes: "many" }, { useCase: "" });
  product.ask("late", NOW + 5 * HOUR, { wifi: "no boolean" });
  const other = new Product("weather");
  other.ask("d1", START, { wifi: "no boolean" });
  other.observe("d1", START + HOUR, { minutes: "no number" });
  await product.send();
  await other.send();
  const { text, read, repeated } = await suggested({ useCase: "news", label: "minutes > 0" });
  const { context, observations: values, features } = parseBlueprint(text);
  expect(context).toMatchObject({ wifi: "boolean", mood: "category" });
  expect(values).toEqual({ kind: "category", minutes: "number" });
  expect(features.map(({ name }) => name)).not.toContain("unit");
  expect(repeated).toBe(1);
  expect(read).toMatchObject([
    { records: 402 + 1, used: 401, sampled: 400, ahead: 1, from: START, to: START + 399 * HOUR },
    { records: 405, used: 402, sampled: 402, ahead: 0 },
    { records: 0, used: 0, sampled: 0, from: null, to: null },
  ]);
});

test("numbers that a published version declares as times are times, and logged actions say what may be decided", async () => {
  const product = new Product("news");
  askAll(product);
  await product.send();
  const before = parseBlueprint((await suggested({ useCase: "news", label: "minutes > 0" })).text);
  expect(before.context["since"]).not.toBe("time");
  await publishBlueprint(
    tools,
    `useCase: news
decisionSpace: boolean
context: { wifi: boolean, since: time }
features: [wifi, { hour: { calendar: hour, at: since } }]
observations: { minutes: number }
label: { name: opens, value: minutes > 0, wait: 1h, default: 0 }
policy: { decide: opens > 0.5 }
`,
  );
  const { text } = await suggested({ useCase: "news", label: "minutes > 0" });
  expect(parseBlueprint(text).context["since"]).toBe("time");
  expect(text).toContain("decisionSpace: boolean # the actions of logged action");
});

test("the newest decisions are the sample, types are those of all", async () => {
  const product = new Product("news");
  askAll(product, 100, 400);
  await product.send();
  // Older ones come later, as an import's do.
  askAll(product, 0, 100);
  product.ask("old", START - HOUR, { wifi: "by cable", mood: "good" });
  await product.send();
  const { text, read } = await suggested({ useCase: "news", label: "minutes > 0", sample: 150 });
  expect(read[0]).toMatchObject({ used: 401, sampled: 150, from: START - HOUR });
  expect(read[1]).toMatchObject({ used: 400, sampled: 150 });
  expect(text).toContain(
    "Types are those of all records. Windows, waits and leaks are judged by the newest 150 of 401 decisions",
  );
  expect(parseBlueprint(text).context["wifi"]).toBe("category");
});

test("an observation is an event once, though the loop has written it as one; other events of its kind count", async () => {
  const product = new Product("news");
  askAll(product);
  for (let at = 0; at < 400; at++) {
    const time = START + at * HOUR + HOUR / 4;
    product.observe(`d${at}`, time, { kind: "seen", share: at % 10 });
    product.tell(`d${at}`, "seen", time, { share: at % 10, unit: `reader ${at % 20}` });
    if (at % 2 === 0) product.tell("seen", "seen", time, { share: 1, unit: `reader ${at % 20}` });
    product.tell(`d${at}`, "paid", time, { amount: at });
  }
  await product.send();
  const { suggestion, read } = await suggested({ useCase: "news", label: 'kind == "seen" and share > 4' });
  expect(read[2]).toMatchObject({ records: 1_000, used: 600 });
  expect(suggestion.events.find(({ kind }) => kind === "seen")).toEqual({
    ...{ kind: "seen", fields: ["share"], why: "600 observations and events" },
  });
});

test("tombstones and records that can't be read are counted, and the first is named", async () => {
  const product = new Product("news");
  askAll(product);
  await product.send();
  const producer = await backbone.producer();
  const bare = { topic: decisionRequests.name, partition: 1, timestamp: START, key: Buffer.from("d1"), headers: {} };
  await producer.send([
    { ...bare, value: null },
    { ...bare, value: Buffer.from("no Avro") },
    { ...bare, value: Buffer.from([0, 0, 0, 0, 99, 1]) },
  ]);
  await producer.close();
  const { read } = await suggested({ useCase: "news", label: "minutes > 0" });
  expect(read[0]).toMatchObject({
    ...{ records: 400, used: 400, tombstones: 1, unreadable: 2 },
    firstUnreadable: expect.stringMatching(/^partition 1 offset \d+: .*not Confluent-framed Avro/) as string,
  });
});

test("an empty topic, another use case, no observation and an unknown entry are told with what to do", async () => {
  const refused = (useCase: string, unit?: string) => suggested({ useCase, label: "minutes > 0", unit });
  await expect(refused("news")).rejects.toMatchObject({
    code: "BAD_HISTORY",
    message: expect.stringContaining(
      "decision-requests: there is no request on the topic. Send requests first",
    ) as string,
  });
  const product = new Product("news");
  product.ask("d1", START, { wifi: true });
  await product.send();
  await expect(refused("new")).rejects.toMatchObject({
    code: "UNKNOWN_USE_CASE",
    message: expect.stringContaining('none of its 1 requests is of use case "new": did you mean news?') as string,
  });
  await expect(refused("news")).rejects.toMatchObject({
    code: "BAD_HISTORY",
    message: expect.stringContaining('none of its 0 observations is of use case "news"') as string,
  });
  askAll(product);
  await product.send();
  await expect(refused("news", "mod")).rejects.toThrow("--unit mod: no request has an entry mod; is it mood?");
});
