import { expect, test } from "vitest";
import { embeddedPlace } from "./embedded.ts";
import { measureRestarts, MOST_RESTART_MS } from "./restarts.ts";

const FAULTS = [
  ...["kill -9", "disk full, killed in it", "power cut", "log cut", "state lost", "state/globals corrupt"],
  ...["records dated ahead", "the host's clock 3 days ahead", "poison on blueprints"],
  "decision-requests given a partition",
];

test("embedded: a restart after a fault serves, and in time", { timeout: 900_000 }, async () => {
  const lines: string[] = [];
  const say = (line: string): void => void lines.push(line);
  const place = await embeddedPlace(say);
  try {
    const sizes = { seed: 1, rounds: 1, before: 50, decisions: 20, poison: 100, mostMs: 500 };
    const restarts = await measureRestarts(place, { ...sizes, only: (name) => FAULTS.includes(name), say });
    expect(restarts.length, lines.join("\n")).toBeGreaterThanOrEqual(FAULTS.length - 1);
    for (const { fault, afterMs } of restarts) expect(afterMs, fault).toBeLessThan(MOST_RESTART_MS);
  } finally {
    await place.close();
  }
});
