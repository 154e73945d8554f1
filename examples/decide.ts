/**
 * The loop in one process, no server: publish a blueprint, ask, observe, and read the training row.
 * Run it with `node examples/decide.ts`; decide.out is what it prints.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLoopstream } from "loopstream";

/** What the product's compiler knows of the use case. */
interface UseCases {
  reminders: {
    context: { days_since_visit: number; plan: "free" | "paid" };
    value: boolean;
    observations: { kind: "opened" };
  };
}

const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));
const loop = await openLoopstream<UseCases>({ dir });
await loop.publishBlueprint(await readFile(join(import.meta.dirname, "reminders.yaml"), "utf8"));

// Before there is a model the answer is the caller's default, and the features are kept.
const asked = Date.now() - 20 * 60_000;
for (const [unit, days, plan] of [
  ["anna", 3, "free"],
  ["ben", 40, "paid"],
] as const) {
  const request = { decisionId: `d-${unit}`, unit, context: { days_since_visit: days, plan } };
  const decision = await loop.getDecision("reminders", request, { time: asked, default: true, timeout: 10_000 });
  console.log(`${unit}: value ${decision.value}, isDefault ${decision.isDefault}, reason ${decision.reason}`);
}

// Only Anna opens her reminder.
const stored = await loop.logObservations("d-anna", { kind: "opened" }, { time: asked + 60_000 });
console.log(`observation stored: ${stored.ok}`);

// Rows are made when event time has passed the label's wait of ten minutes.
await loop.idle();
for await (const row of loop.rows("reminders")) {
  const { decisionId, days_since_visit: days, plan, label, maturity } = row;
  console.log(`row ${String(decisionId)}: days_since_visit ${days}, plan ${plan}, label ${label}, ${maturity}`);
}

await loop.close();
await rm(dir, { recursive: true });
