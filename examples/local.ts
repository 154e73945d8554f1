/**
 * Decisions in the product's own process: the model decides here, without a question to the loop, and the loop records each
 * decision and makes its row. Run it with `node examples/local.ts`; local.out is what it prints.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLoopstream } from "loopstream";
import { createLocalClient } from "loopstream/local";
import { openShared } from "loopstream/streams";

const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));
// The loop; it may as well be another process, or run on Kafka.
const loop = await openLoopstream({ dir });
await loop.publishBlueprint(await readFile(join(import.meta.dirname, "reminders.yaml"), "utf8"));

// Half an hour of a product's life: only users on the free plan open their reminders.
const time = Date.now() - 1_800_000;
for (let i = 0; i < 200; i++) {
  const context = { days_since_visit: i % 10, plan: i % 2 === 0 ? "free" : "paid" };
  const { decisionId } = await loop.getDecision("reminders", { unit: `user-${i}`, context }, { time, default: true });
  if (context.plan === "free") await loop.logObservations(decisionId, { kind: "opened" }, { time: time + 60_000 });
}
await loop.idle();
await loop.train("reminders");
await loop.idle();

// The product: it reads the blueprint and the model once, and hears of later ones.
const shared = await openShared(dir);
const local = await createLocalClient({ ...shared, useCases: ["reminders"] });
for (const plan of ["free", "paid"]) {
  const request = { decisionId: `d-${plan}`, unit: "anna", context: { days_since_visit: 3, plan } };
  const { value, reason } = await local.getDecision("reminders", request, { default: true });
  console.log(`here, ${plan}: ${value ? "remind" : "leave alone"} (${reason})`);
}
const { waiting } = await local.flush();
console.log(`decisions that are not stored yet: ${waiting}`);

// The loop has recorded them: asked for one of them it gives the same answer.
const request = { decisionId: "d-paid", unit: "anna", context: { days_since_visit: 3, plan: "paid" } };
const { value, reason } = await loop.getDecision("reminders", request, { timeout: 10_000 });
console.log(`the loop, paid: ${value ? "remind" : "leave alone"} (${reason})`);

await local.close();
await shared.close();
await loop.close();
await rm(dir, { recursive: true });
