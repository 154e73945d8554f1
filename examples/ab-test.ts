/**
 * A test of A against B: each unit stays in its group, and its row has the group, its probability and the features.
 * Run it with `node examples/ab-test.ts`; ab-test.out is what it prints.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLoopstream } from "loopstream";

const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));
const loop = await openLoopstream({ dir });
await loop.publishBlueprint(await readFile(join(import.meta.dirname, "ab-test.yaml"), "utf8"));

const time = Date.now() - 1_800_000;
const ask = (unit: number, at: number) =>
  loop.getDecision(
    "reminder-test",
    { unit: `member-${unit}`, context: { plan: unit % 3 === 0 ? "paid" : "free", days_since_visit: unit % 30 } },
    { time: at, default: "control" },
  );
for (let unit = 0; unit < 500; unit++) {
  const { decisionId, value } = await ask(unit, time + unit);
  const visits = (unit % 4 === 0 ? 1 : 0) + (value === "reminder" && unit % 2 === 0 ? 1 : 0);
  if (visits > 0) await loop.logObservations(decisionId, { visits }, { time: time + 60_000 });
}
const [once, again] = [await ask(7, time + 1_000), await ask(7, time + 2_000)];
console.log(`member-7 stays in its group: ${once.value === again.value}, propensity ${String(once.propensity)}`);
await loop.idle();

const groups = new Map<string, { units: number; visits: number; share: number }>();
for await (const row of loop.rows("reminder-test")) {
  const [group, share] = [String(row["value"]), Number(row["propensity"])];
  const of = groups.get(group) ?? { units: 0, visits: 0, share };
  groups.set(group, { units: of.units + 1, visits: of.visits + Number(row["label"]), share });
}
for (const [group, { units, visits, share }] of [...groups].sort()) {
  console.log(`${group}: ${units} rows, propensity ${share}, ${(visits / units).toFixed(2)} visits each`);
}
await loop.close();
await rm(dir, { recursive: true });
