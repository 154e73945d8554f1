import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMetrics, Outages, reasonOf } from "../../streams/index.ts";
import { waitWords } from "../../streams/metrics/wait-words.ts";
import { root, sourcesOf } from "../source-graph.ts";
import { recordedLog } from "./recorded-log.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

test("an outage is said at once, then once a minute, and at its end with how long it took", () => {
  const { log, lines } = recordedLog();
  const outage = new Outages(log).of("registry");
  outage.failed(new Error("refused"), { topic: "events" });
  expect(lines).toEqual([
    {
      level: "warn",
      fields: { what: "registry", topic: "events", waitingSeconds: 0, attempts: 1, error: "refused" },
      message: expect.stringContaining("registry: waiting and trying again: "),
    },
  ]);
  vi.advanceTimersByTime(200_000);
  expect(lines.map(({ fields }) => fields["waitingSeconds"])).toEqual([0, 60, 120, 180]);
  outage.ended();
  expect(lines.at(-1)).toEqual({
    level: "info",
    fields: { what: "registry", topic: "events", waitedSeconds: 200, attempts: 1, lastError: "refused" },
    message: "registry: goes on after 200 s",
  });
  vi.advanceTimersByTime(200_000);
  expect(lines).toHaveLength(5);
});

test("several loops that wait for the same are one outage, from the first failure to the last end", () => {
  const { log, lines } = recordedLog();
  const outages = new Outages(log);
  const [first, second] = [outages.of("kafka"), outages.of("kafka")];
  first.failed(new Error("gone"));
  second.failed(new Error("gone"));
  first.ended();
  expect(lines).toHaveLength(1);
  expect([first.lasting, second.lasting]).toEqual([false, true]);
  vi.advanceTimersByTime(500);
  second.ended();
  expect(lines.map(({ message }) => message)).toEqual([
    "kafka: waiting and trying again",
    "kafka: goes on after 0.5 s",
  ]);
});

test("waits of one family are each said at their beginning and end; the first of them says how long it lasts", () => {
  const { log, lines } = recordedLog();
  const outages = new Outages(log);
  const [fetch, produce] = [outages.of("kafka fetch"), outages.of("kafka produce")];
  fetch.failed(new Error("gone"));
  vi.advanceTimersByTime(1_000);
  produce.failed(new Error("gone"));
  vi.advanceTimersByTime(120_000);
  fetch.ended();
  vi.advanceTimersByTime(60_000);
  produce.ended();
  const said = lines.map(({ message }) => message.split(":", 2).join(":").replace(" waiting and trying again", ""));
  expect(said).toEqual([
    "kafka fetch:",
    "kafka produce:",
    "kafka fetch:",
    "kafka fetch:",
    "kafka fetch: goes on after 121 s",
    "kafka produce:",
    "kafka produce: goes on after 180 s",
  ]);
});

test("nothing is said of what ends within its quiet time, nor of an end without an outage", () => {
  const { log, lines } = recordedLog();
  const outage = new Outages(log).of("kafka", 1_000);
  outage.ended();
  outage.failed(new Error("busy"));
  vi.advanceTimersByTime(999);
  outage.ended();
  vi.advanceTimersByTime(10_000);
  expect(lines).toEqual([]);
  outage.failed(new Error("busy"));
  vi.advanceTimersByTime(1_000);
  outage.ended();
  expect(lines.map(({ level }) => level)).toEqual(["warn", "info"]);
});

test("a loop that gives up says why, and one that was told to stop that it was", () => {
  const { log, lines } = recordedLog();
  const outage = new Outages(log).of("clock");
  outage.failed(new Error("away"));
  outage.givenUp(new Error("too long"));
  expect(lines.at(-1)).toMatchObject({ level: "error", message: "clock: given up after 0 s" });
  outage.failed(new Error("away"));
  outage.givenUp();
  expect(lines.at(-1)).toMatchObject({
    level: "info",
    message: "clock: no longer waited for, after 0 s: the work that needed it has ended",
  });
});

test("what is waited for is a metric with its seconds, and every attempt that failed is counted", async () => {
  const metrics = createMetrics();
  const outages = new Outages(undefined, metrics);
  const [first, second] = [outages.of("kafka"), outages.of("registry")];
  first.failed(new Error("gone"));
  first.failed(new Error("gone"));
  vi.advanceTimersByTime(3_000);
  second.failed(new Error("gone"));
  expect((await metrics.waiting.get()).values).toMatchObject([
    { labels: { what: "registry" }, value: 0 },
    { labels: { what: "kafka" }, value: 3 },
  ]);
  first.ended();
  second.ended();
  expect((await metrics.waiting.get()).values).toEqual([]);
  expect((await metrics.retries.get()).values).toMatchObject([
    { labels: { what: "kafka" }, value: 2 },
    { labels: { what: "registry" }, value: 1 },
  ]);
});

test("an error's reason has the messages of its causes, each once", () => {
  const inner = new Error("ECONNREFUSED", { cause: "socket 7" });
  const outer = new Error("start producer: ECONNREFUSED. Check the brokers", { cause: inner });
  expect(reasonOf(outer)).toBe("start producer: ECONNREFUSED. Check the brokers: socket 7");
  expect(reasonOf("plain")).toBe("plain");
  expect(reasonOf(Object.assign(Object.create(null), { code: 7 }))).toBe("[Object: null prototype] { code: 7 }");
  const refused = new Error("connect ECONNREFUSED.");
  expect(reasonOf(new Error("Connection failed.", { cause: refused }))).toBe(
    "Connection failed: connect ECONNREFUSED.",
  );
});

test("every wait of the sources has words for people who do not know them", () => {
  const texts = ["streams", "loop", "client"].flatMap(sourcesOf).map((file) => readFileSync(join(root, file), "utf8"));
  const named = texts.flatMap((text) => [...text.matchAll(/utages\(?[^;]{0,60}\.of\(\s*"([^"]+)"|"(kafka [a-z]+)"/g)]);
  const names = [...new Set(named.map(([, wait, ofKafka]) => (wait ?? ofKafka)!))];
  expect(names.length).toBeGreaterThan(20);
  expect(names.filter((name) => !(name in waitWords))).toEqual([]);
});
