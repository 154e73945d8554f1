import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { openLoopstream } from "loopstream";

const dir = await mkdtemp(`${tmpdir()}/loopstream-`);
const loop = await openLoopstream({ dir });
await loop.publishBlueprint(await readFile(new URL("reminders.yaml", import.meta.url), "utf8"));

// Half an hour of a product's life: only users on the free plan open their reminders.
const time = Date.now() - 1_800_000;
for (let i = 0; i < 200; i++) {
  const context = { days_since_visit: i % 10, plan: i % 2 === 0 ? "free" : "paid" };
  const { decisionId } = await loop.getDecision("reminders", { unit: `user-${i}`, context }, { time, default: true });
  if (context.plan === "free") await loop.logObservations(decisionId, { kind: "opened" }, { time: time + 60_000 });
}
await loop.idle(); // A product need not wait: rows are made and models are trained beside its decisions.
await loop.train("reminders");
await loop.idle();
for (const plan of ["free", "paid"]) {
  const request = { unit: "anna", context: { days_since_visit: 3, plan } };
  const { value, reason } = await loop.getDecision("reminders", request, { default: true });
  console.log(`${plan}: ${value ? "remind" : "leave alone"} (${reason})`);
}
await loop.close();
await rm(dir, { recursive: true });
