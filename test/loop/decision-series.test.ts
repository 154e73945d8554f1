import { afterEach, beforeEach, expect, test } from "vitest";
import { publishBlueprint } from "../../loop/index.ts";
import { serveMetrics } from "../../loop/serve-metrics.ts";
import { promLint } from "../streams/metrics/prom-lint.ts";
import { SHOP } from "./history/shop.ts";
import { openLive, type LiveLoop } from "./live-loop.ts";

const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
let live: LiveLoop;
beforeEach(async () => {
  live = await openLive(START);
  await publishBlueprint(live.loop, SHOP);
  await live.loop.application.idle();
});
afterEach(() => live.close());

const ask = (useCase: string, id: string): Promise<unknown> =>
  live.client.getDecision(
    useCase,
    { decisionId: id, unit: "u", context: { price: 1, store: "S" } },
    { timeout: 900_000 },
  );

/** The lines of the page that begin so, each with its value. */
async function lines(...names: readonly string[]): Promise<readonly string[]> {
  const text = await live.loop.application.metrics.registry.metrics();
  return text.split("\n").filter((line) => names.some((name) => line.startsWith(`${name}{`)));
}

test("decisions, answers and rows are counted by use case, and an answer that comes again is no decision again", async () => {
  for (const id of ["a", "b", "a"]) await ask("shop", id);
  await live.client.logObservations("a", { kind: "visit", amount: 9 });
  await live.tick(START + 2 * HOUR);
  await live.tick(START + 3 * HOUR);
  expect(await lines("loopstream_decisions_total", "loopstream_rows_total")).toEqual([
    'loopstream_decisions_total{use_case="shop",reason="noModel"} 2',
    'loopstream_rows_total{use_case="shop",maturity="provisional"} 2',
  ]);
  const [seconds, count] = await lines(
    "loopstream_decision_duration_seconds_sum",
    "loopstream_decision_duration_seconds_count",
  );
  expect(count).toBe('loopstream_decision_duration_seconds_count{use_case="shop"} 3');
  expect(Number(seconds!.split(" ")[1])).toBeGreaterThan(0);
  expect(Number(seconds!.split(" ")[1])).toBeLessThan(60);
});

test("requests for use cases that nobody has published are counted under one label, however many names they have", async () => {
  for (const name of ["one", "two", "three"]) await ask(name, name);
  await live.loop.application.idle();
  expect(await lines("loopstream_decisions_total", "loopstream_decision_duration_seconds_count")).toEqual([
    'loopstream_decisions_total{use_case="(unknown)",reason="error"} 3',
    'loopstream_decision_duration_seconds_count{use_case="(unknown)"} 3',
  ]);
});

test("inputs that are handled to their ends have no lag, and the served page stands Prometheus' check", async () => {
  await ask("shop", "a");
  await live.loop.application.idle();
  const lags = await lines("loopstream_lag_records");
  expect(lags).toContain('loopstream_lag_records{topic="decision-requests",partition="0"} 0');
  expect(lags.every((line) => line.endsWith(" 0"))).toBe(true);
  const server = await serveMetrics(live.loop.application.metrics, { port: 0 });
  try {
    const page = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
    expect(page).toContain("process_resident_memory_bytes");
    expect(promLint(page)).toEqual([]);
  } finally {
    await server.close();
  }
});
