import { afterAll, beforeAll, expect, test } from "vitest";
import { kafkaPlace } from "./kafka.ts";
import type { TorturePlace } from "./place.ts";
import { measureRestarts, MOST_RESTART_MS } from "./restarts.ts";
import { runTorture } from "./run-torture.ts";

const FAULTS = [
  ...["kill -9", "registry failing, killed in it", "broker away, killed in it", "state lost"],
  "events deleted and made anew",
];

let place: TorturePlace;

beforeAll(async () => {
  place = await kafkaPlace();
});
afterAll(() => place.close());

test(
  "kafka: whatever is written, whatever is taken away, a use case beside it is served as if nothing had been",
  { timeout: 900_000 },
  async () => {
    const lines: string[] = [];
    const say = (line: string): void => void lines.push(line);
    const report = await runTorture(place, { seed: 20_261_127, records: 800, perStep: 400, say });
    expect(report.problems.join("\n"), lines.join("\n")).toBe("");
    expect(report.written).toBeGreaterThan(500);
    expect(report.dead).toBeGreaterThan(150);
    expect(report.faults).toBe(5);
    expect(report.controlAnswered).toBe(report.controlAsked);
    expect(report.controlRows).toBe(report.controlAsked);
  },
);

test("kafka: a restart after a fault serves, and in time", { timeout: 900_000 }, async () => {
  if (!place.loop.running) await place.loop.start();
  const sizes = { seed: 1, rounds: 1, before: 50, decisions: 20, poison: 100, mostMs: 500 };
  const only = (name: string): boolean => FAULTS.includes(name);
  const restarts = await measureRestarts(place, { ...sizes, only, say: () => undefined });
  expect(restarts.map(({ fault }) => fault).sort()).toEqual(FAULTS.toSorted());
  for (const { fault, afterMs } of restarts) expect(afterMs, fault).toBeLessThan(MOST_RESTART_MS);
});
