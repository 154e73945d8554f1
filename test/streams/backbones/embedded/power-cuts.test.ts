import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { partitionOf, type StateEngine } from "../../../../streams/index.ts";
import { random } from "../../../blueprints/random.ts";
import { asked, besideTheLog, check, facts, KEYS, keysOf, PARTITIONS, start } from "./counted.ts";
import { cutBack, takeAway, writtenTo } from "./power.ts";

const folder = mkdtempSync(join(tmpdir(), "loopstream-power-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inTheLog = (engine: StateEngine): StateEngine => engine;

describe.each([
  ["none", "in the log", inTheLog],
  ["each", "in the log", inTheLog],
  ["none", "beside it", besideTheLog],
  ["each", "beside it", besideTheLog],
] as const)("with sync %s and state %s, after power cuts", (sync, where, engineOf) => {
  test.each([1, 2, 3, 4, 5, 6])("every request on the log is answered once and in turn, seed %i", async (seed) => {
    const next = random(seed);
    const below = (limit: number): number => Math.floor(next() * limit);
    const acknowledged = new Set<number>();
    let sent = 0;
    for (let round = 0; round < 6; round++) {
      const dir = join(folder, `${sync}-${where}-${seed}-${round}`);
      const run = await start(dir, sync, undefined, engineOf);
      await check(run, `round ${round}, found`);
      for (let burst = below(4); burst >= 0; burst--) {
        const records = Array.from({ length: 1 + below(20) }, () => {
          const key = KEYS[below(KEYS.length)]!;
          const topic = next() < 0.7 ? asked : facts;
          return {
            topic,
            key,
            value: { n: sent++ },
            time: 1_700_000_000_000 + sent,
            partition: partitionOf(Buffer.from(key), PARTITIONS),
          };
        });
        await run.publisher.publish(records);
        for (const { value } of records) acknowledged.add(value.n);
        if (next() < 0.7) await run.application.idle();
      }
      if (next() < 0.8) await check(run, `round ${round}, new`);
      await run.application.close();
      await run.backbone.close();
      const after = join(folder, `${sync}-${where}-${seed}-${round + 1}`);
      takeAway(dir, after);
      const size = writtenTo(join(after, "log"));
      if (sync === "none" && next() < 0.8) {
        cutBack(join(after, "log"), next() < 0.2 ? 0 : below(size));
        acknowledged.clear();
      }
      for (const name of readdirSync(join(after, "state"))) {
        const state = join(after, "state", name);
        if (next() < 0.5) cutBack(state, below(writtenTo(state) + 1));
        if (next() < 0.1) rmSync(state, { recursive: true });
      }
      rmSync(dir, { recursive: true });
    }
    const last = await start(join(folder, `${sync}-${where}-${seed}-6`), sync, undefined, engineOf);
    await check(last, "at the end");
    const numbers = [
      ...(await keysOf(last.backbone, last.serdes, asked)),
      ...(await keysOf(last.backbone, last.serdes, facts)),
    ].map(({ n }) => n);
    expect([...acknowledged].filter((n) => !numbers.includes(n))).toEqual([]);
    expect(new Set(numbers).size).toBe(numbers.length);
    await last.application.close();
    await last.backbone.close();
  });
});
