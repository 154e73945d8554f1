/**
 * The loop in one process, no server: publish a blueprint, ask, observe, and read the training row.
 * Run it with `node examples/decide.ts`; decide.out is what it prints.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileBlueprint } from "../blueprints/index.ts";
import { rowsTopic } from "../rows/index.ts";
import { createClient } from "../client/index.ts";
import { blueprints, clock } from "../schemas/index.ts";
import { createEmbeddedBackbone, readTopic } from "../streams/index.ts";
import { startLoop } from "../loop/index.ts";

const text = `
useCase: reminders
decisionSpace: boolean
context:
  days_since_visit: number
  plan: category
features: [days_since_visit, plan]
observations:
  kind: category
label:
  name: opened
  value: kind == "opened"
  wait: 1h
  default: 0
policy:
  decide: opened > 0.2
`;

const HOUR = 3_600_000;
const noon = Date.UTC(2026, 0, 1, 12);

const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));
const backbone = await createEmbeddedBackbone({ dir });
const loop = await startLoop({
  id: "example",
  backbone,
  registry: backbone.registry,
  stateDir: join(dir, "state"),
  partitions: 2,
  delivery: "exactlyOnce",
  commitIntervalMs: 0,
  maxTaskIdleMs: 0,
  salt: "example",
  codeVersion: "example",
});

// A blueprint is an event: from the moment after its activation it answers.
const compiled = compileBlueprint(text);
const { useCase, version } = compiled.blueprint;
const value = { useCase, version, text, activations: [{ time: noon - HOUR, live: true }] };
await loop.publisher.publish([{ topic: blueprints, key: `${useCase}/${version}`, value, time: noon - HOUR }]);
await loop.application.idle();

// Before there is a model the answer is the caller's default, and the features are kept.
const client = createClient({ backbone, registry: backbone.registry });
for (const [unit, days, plan] of [
  ["anna", 3, "free"],
  ["ben", 40, "paid"],
] as const) {
  const context = { days_since_visit: days, plan };
  const request = { decisionId: `d-${unit}`, unit, context };
  const decision = await client.getDecision(useCase, request, { time: noon, default: true, timeout: 10_000 });
  console.log(`${unit}: value ${decision.value}, isDefault ${decision.isDefault}, reason ${decision.reason}`);
}

// Only Anna opens her reminder.
const stored = await client.logObservations("d-anna", { kind: "opened" }, { time: noon + 60_000 });
console.log(`observation stored: ${stored.ok}`);

// Rows are made when event time has passed the label's wait. Here the clock is moved by hand.
const later = noon + 2 * HOUR;
await loop.publisher.publish([{ topic: clock, key: "clock", value: { time: later }, time: later }]);
await loop.application.idle();

const made = [];
for await (const row of readTopic(backbone, loop.serdes, rowsTopic(compiled))) made.push(row.value);
made.sort((a, b) => String(a["decisionId"]).localeCompare(String(b["decisionId"])));
for (const row of made) {
  const { decisionId, days_since_visit: days, plan, label, maturity } = row;
  console.log(`row ${decisionId}: days_since_visit ${days}, plan ${plan}, label ${label}, ${maturity}`);
}

await client.close();
await loop.close();
await backbone.close();
await rm(dir, { recursive: true });
