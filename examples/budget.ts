/**
 * A budget of notifications: counters of each user over thirty days, and costs in the policy.
 * Run it with `node examples/budget.ts`; budget.out is what it prints.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLoopstream } from "loopstream";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));
const loop = await openLoopstream({ dir });
await loop.publishBlueprint(await readFile(join(import.meta.dirname, "budget.yaml"), "utf8"));

// What was sent to three users: 14 in the month; 3 since this morning; 2 last week.
const now = Date.now();
const sent = {
  anna: Array.from({ length: 14 }, (_, day) => now - (day + 2) * DAY),
  ben: [now - 3 * HOUR, now - 2 * HOUR, now - HOUR],
  cleo: [now - 7 * DAY, now - 6 * DAY],
};
for (const [unit, times] of Object.entries(sent)) {
  for (const time of times) await loop.logEvent("pushed", { unit }, { time, timeout: 10_000 });
}

// Half an hour ago other users opened what was about sport.
for (let i = 0; i < 400; i++) {
  const context = { hour: i % 24, topic: i % 2 === 0 ? "sport" : "offers" };
  const time = now - HOUR / 2 + i;
  const asked = { unit: `user-${i}`, decisionId: `d-${i}`, context };
  await loop.getDecision("notifications", asked, { time, default: true, timeout: 10_000 });
  if (context.topic === "sport") await loop.logObservations(`d-${i}`, { kind: "opened" }, { time: time + 60_000 });
}
await loop.idle();
const trained = await loop.train("notifications");
console.log(`model: ${trained.kind}`);
await loop.idle();

const ask = async (unit: string, topic: string): Promise<void> => {
  const request = { unit, context: { hour: 12, topic } };
  const { value, reason } = await loop.getDecision("notifications", request, { default: true, timeout: 10_000 });
  console.log(`${unit}, ${topic}: ${value ? "send" : "don't"} (${reason})`);
};
await ask("cleo", "sport");
await ask("cleo", "offers");
await ask("ben", "sport"); // Three today are enough.
await ask("anna", "sport"); // 28 of 30 cents are spent: one more is in the budget.
await loop.logEvent("pushed", { unit: "anna" }, { time: now - DAY, timeout: 10_000 });
await loop.idle();
await ask("anna", "sport"); // Nothing is left.

await loop.close();
await rm(dir, { recursive: true });
