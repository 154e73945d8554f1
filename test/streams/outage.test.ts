import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMetrics, Outages, reasonOf } from "../../streams/index.ts";
import { recordedLog } from "./recorded-log.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

test("an outage is said at once, then at doubling intervals up to a minute, and at its end with how long it took", () => {
  const { log, lines } = recordedLog();
  const outage = new Outages(log).of("registry");
  outage.failed(new Error("refused"), { topic: "events" });
  expect(lines).toEqual([
    {
      level: "warn",
      fields: { what: "registry", topic: "events", waitingSeconds: 0, attempts: 1, error: "refused" },
      message: "registry: waiting and trying again",
    },
  ]);
  vi.advanceTimersByTime(200_000);
  expect(lines.map(({ fields }) => fields["waitingSeconds"])).toEqual([0, 1, 2, 4, 8, 16, 32, 64, 124, 184]);
  outage.ended();
  expect(lines.at(-1)).toEqual({
    level: "info",
    fields: { what: "registry", topic: "events", waitedSeconds: 200, attempts: 1, error: "refused" },
    message: "registry: goes on after 200 s",
  });
  vi.advanceTimersByTime(200_000);
  expect(lines).toHaveLength(11);
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
  expect(lines.at(-1)).toMatchObject({ level: "info", message: "clock: stopped waiting after 0 s, as told" });
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
});
