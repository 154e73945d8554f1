import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { temporaryDir } from "../../e2e/command.ts";
import { backWithinMs, killLoops, kills } from "./killed-loops.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

test(
  "a client outlives the process that runs the loop: it is answered again after each start, and no observation or event is lost or doubled",
  { timeout: 60_000 + kills * 15_000 },
  async () => {
    const killed = await killLoops(dir.path, [], {
      options: { dir: join(dir.path, "loop") },
      ready: "the loop is running",
    });
    console.log(killed);
    const { lost, doubled, wrongRows, failed, outages, backAfterMs } = killed;
    expect({ lost, doubled, wrongRows, failed }).toEqual({ lost: [], doubled: [], wrongRows: [], failed: [] });
    expect(Math.max(...backAfterMs)).toBeLessThanOrEqual(backWithinMs);
    expect(outages).toBe(kills);
    expect(killed.decided).toBeGreaterThan(killed.asked / 10);
    expect(killed.observed).toBe(killed.asked);
  },
);
