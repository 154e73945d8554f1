import { afterEach, describe, expect, test } from "vitest";
import {
  blueprints,
  deadLetters,
  decisionRequests,
  decisions,
  enriched,
  events,
  hourlyStats,
  joined,
  observationMisfits,
  observations,
  scored,
  type HourlyStats,
} from "../../schemas/index.ts";
import {
  createMetrics,
  createTestDriver,
  SOURCE_HEADER,
  type AnyTopic,
  type Headers,
  type Log,
  type Metrics,
  type TestDriver,
} from "../../streams/index.ts";
import { decisionTopology } from "../../topologies/index.ts";
import { misfitReport } from "../../loop/misfit-report.ts";
import { HOUR, PARCELS, published, START } from "../operators/parcels.ts";

const TYPED = PARCELS.replace("  delay: number\n", "  delay: number\n  unread: number\n").replace(
  "  weight: number\n",
  "  weight: number\n  spare: number\n",
);
const OTHER = TYPED.replace("useCase: parcels", "useCase: letters");

let driver: TestDriver;
let metrics: Metrics;
let warned: string[];
afterEach(() => driver.close());

async function open(memoryEdges: readonly AnyTopic[] = [enriched, scored, joined, observationMisfits]): Promise<void> {
  metrics = createMetrics();
  warned = [];
  const nothing = (): void => undefined;
  const log: Log = { info: nothing, error: nothing, warn: (_, text) => void warned.push(text) };
  const topology = decisionTopology({
    name: "t",
    scorers: () => Promise.reject(new Error("there is no model")),
    salt: "",
    tellMisfit: misfitReport(metrics, log),
    memoryEdges,
  });
  driver = await createTestDriver(topology, { deadLetters, start: START });
  await driver.input(blueprints).send(published(TYPED), published(OTHER));
}

type Values = Readonly<Record<string, null | boolean | number | string>>;
const ask = (id: string, context: Values, useCase = "parcels", ids: readonly string[] = [], headers: Headers = {}) =>
  driver.input(decisionRequests).send({
    key: id,
    value: {
      decisionId: id,
      useCase,
      unit: "u",
      context,
      deferred: false,
      logged: null,
      candidates: ids.map((optionId) => ({ optionId, context: {} })),
      answered: null,
    },
    time: START,
    headers,
  });
const observe = (id: string, n: number, values: Values, useCase = "") =>
  driver.input(observations).send({
    key: id,
    value: { decisionId: id, useCase, observationId: `o${n}`, optionId: "", activation: false, values },
    time: START + n,
  });

const fitting: Values = { weight: 3, spare: 1, carrier: "air", express: true, depot: "north" };

/** Of the hour, after it is over. */
async function stats(): Promise<readonly Pick<HourlyStats, "useCase" | "unknown" | "unusable">[]> {
  await driver.advanceTo(START + 2 * HOUR);
  return driver
    .output(hourlyStats)
    .readAll()
    .filter(({ value }) => value.hour === START)
    .map(({ value: { useCase, unknown, unusable } }) => ({ useCase, unknown, unusable }));
}

async function counted(of: "unknownFields" | "unusableValues"): Promise<Record<string, number>> {
  const { values } = await metrics[of].get();
  return Object.fromEntries(
    values.map(({ labels, value }) => [
      `${String(labels["use_case"])} ${String(labels["what"])}.${String(labels["name"])}`,
      value,
    ]),
  );
}

describe.each([
  ["in memory", undefined],
  ["over topics", []],
])("with edges %s", (_, edges) => {
  test("an unknown entry of a context and of an observation is counted, shown in the hour, and warned of once with the name that was meant", async () => {
    await open(edges);
    for (const id of ["a", "b", "c"]) await ask(id, { ...fitting, wieght: 3 });
    await ask("d", fitting);
    for (const [n, id] of ["a", "b", "d"].entries()) await observe(id, n, { kind: "arrival", delay: 3, unreed: 1 });
    expect(await counted("unknownFields")).toEqual({ "parcels context.wieght": 3, "parcels observation.unreed": 3 });
    expect(warned).toEqual([
      'context entry "wieght" of use case parcels: the blueprint does not know it, so it counts for nothing (did you mean "weight"?)',
      'observation field "unreed" of use case parcels: the blueprint does not know it, so it counts for nothing (did you mean "unread"?)',
    ]);
    expect(await stats()).toEqual([
      { useCase: "parcels", unknown: { "context.wieght": 3, "observation.unreed": 3 }, unusable: {} },
    ]);
  });

  test("candidates that are there twice, are no action or have nothing to be for are told as such, by their ids", async () => {
    await open(edges);
    const ranked = TYPED.replace("  decide: risk > 0.5", "  rank: risk");
    const tabs = ranked.replace("useCase: parcels", "useCase: tabs");
    const films = ranked.replace("useCase: parcels", "useCase: films");
    await driver
      .input(blueprints)
      .send(
        published(tabs.replace("decisionSpace: boolean", "decisionSpace: { actions: [news, sports] }")),
        published(films.replace("decisionSpace: boolean", "decisionSpace: { options: { price: number } }")),
      );
    await ask("a", fitting, "tabs", ["sport", "news", "weather", "news"]);
    // Of a feed too: no import has told them.
    await ask("b", fitting, "tabs", ["news", "sport"], { [SOURCE_HEADER]: Buffer.from("a file") });
    await ask("c", fitting, "films", ["f1", "f2", "f2", "f1"]);
    await ask("d", fitting, "parcels", ["f1"]);
    await ask("e", fitting, "films", ["f1", "f2"]);
    expect(await counted("unknownFields")).toEqual({ "tabs candidates.sport": 2, "parcels candidates.candidates": 1 });
    expect(await counted("unusableValues")).toEqual({ "tabs candidates.news": 1, "films candidates.f2": 1 });
    expect([...warned].sort()).toEqual([
      'candidate "f2" of use case films is there twice in one request: the first one counts, with its entries',
      'candidate "news" of use case tabs is there twice in one request: the first one counts, with its entries',
      'candidate "sport" of use case tabs is no action of the blueprint, so it counts for nothing (did you mean "sports"?)',
      "candidates of use case parcels count for nothing: its policy neither chooses nor ranks options",
    ]);
    const hours = (await stats()).map(({ useCase, unknown, unusable }) => [useCase, unknown, unusable]);
    expect(new Map(hours.map(([useCase, ...counts]) => [useCase, counts]))).toEqual(
      new Map([
        ["tabs", [{ "candidates.noAction": 2 }, { "candidates.repeated": 1 }]],
        ["films", [{}, { "candidates.repeated": 1 }]],
        ["parcels", [{ "candidates.noOptions": 1 }, {}]],
      ]),
    );
  });

  test("a value that its type can't read is counted as unusable", async () => {
    await open(edges);
    await ask("a", { ...fitting, weight: "3 kg", depot: 2 ** 60, spare: "much" });
    await observe("a", 1, { kind: "arrival", delay: "late" });
    expect(await counted("unusableValues")).toEqual({
      "parcels context.weight": 1,
      "parcels context.depot": 1,
      "parcels context.spare": 1,
      "parcels observation.delay": 1,
    });
    expect(await counted("unknownFields")).toEqual({});
    expect(await stats()).toMatchObject([
      {
        unusable: { "context.weight": 1, "context.depot": 1, "context.spare": 1, "observation.delay": 1 },
        unknown: {},
      },
    ]);
  });
});

test("what fits, whatever is missing of it, is not told: neither on the decision nor on an edge", async () => {
  await open([]);
  await ask("a", fitting);
  await ask("b", { weight: "3", carrier: null, express: "yes", depot: "" });
  await ask("c", {});
  await observe("a", 1, { kind: "arrival", delay: "7", depot: "north", unread: null });
  expect(
    driver
      .output(decisions)
      .readAll()
      .map(({ headers }) => Object.keys(headers).includes("loopstream_misfits")),
  ).toEqual([false, false, false]);
  expect(driver.output(observationMisfits).readAll()).toEqual([]);
  expect(await counted("unknownFields")).toEqual({});
  expect(warned).toEqual([]);
});

test("a context of fifty entries is looked through where one of them is unknown, and where one is there twice nothing is told", async () => {
  await open();
  const names = Array.from({ length: 50 }, (_, at) => `f${at}`);
  const wide = TYPED.replace("useCase: parcels", "useCase: wide")
    .replace("  weight: number\n", `  weight: number\n${names.map((name) => `  ${name}: number\n`).join("")}`)
    .replace("  - weight\n", `  - weight\n${names.map((name) => `  - ${name}\n`).join("")}`);
  await driver.input(blueprints).send(published(wide));
  const full = Object.fromEntries(names.map((name, at) => [name, at]));
  await ask("a", full, "wide");
  await ask("b", { ...full, f50: 1 }, "wide");
  const { f49: _, ...fewer } = full;
  await ask("c", { ...fewer, f4_9: 1 }, "wide");
  expect(await counted("unknownFields")).toEqual({ "wide context.f50": 1, "wide context.f4_9": 1 });
});

test("an observation that comes before its decision is counted once, when the decision comes; one sent again is not counted", async () => {
  await open();
  for (let n = 0; n < 12; n++) await observe("a", n, { delay: 1, unreed: 1 });
  expect(await counted("unknownFields")).toEqual({});
  await ask("a", fitting);
  expect(await counted("unknownFields")).toEqual({ "parcels observation.unreed": 12 });
  await observe("a", 3, { delay: 1, unreed: 1 });
  await ask("a", fitting);
  expect(await counted("unknownFields")).toEqual({ "parcels observation.unreed": 12 });
});

test("an observation without a use case is counted in each that decided under its id", async () => {
  await open();
  await ask("a", fitting);
  await ask("a", fitting, "letters");
  await observe("a", 1, { unreed: 1 });
  await observe("a", 2, { unreed: 1 }, "letters");
  expect(await counted("unknownFields")).toEqual({
    "parcels observation.unreed": 1,
    "letters observation.unreed": 2,
  });
  expect(warned).toHaveLength(2);
});

test("an event of a kind that no blueprint names is counted and warned of once; kinds of events and labels are known", async () => {
  await open();
  const event = (kind: string) => ({ key: kind, value: { kind, attributes: { depot: "north" } }, time: START });
  await driver.input(events).send(event("scan"), event("arrival"), event("scann"), event("scann"));
  await ask("a", fitting);
  await observe("a", 1, { kind: "arival", delay: 1 });
  expect(await counted("unknownFields")).toMatchObject({ " kind.scann": 2 });
  expect(warned[0]).toBe('event kind "scann": no blueprint knows it, so it counts for nothing (did you mean "scan"?)');
  expect(await stats()).toEqual([{ useCase: "parcels", unknown: { "kind.arival": 1 }, unusable: {} }]);
});
