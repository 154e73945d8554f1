import { cpSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { root } from "../source-graph.ts";
import { packedProject, type Project } from "./packed.ts";

let project: Project;
beforeAll(async () => {
  project = await packedProject();
  cpSync(join(root, "examples/reminders.yaml"), join(project.dir, "reminders.yaml"));
}, 900_000);
afterAll(() => project?.[Symbol.dispose]());

const script = `
import { readFile } from "node:fs/promises";
import { createConfluentRegistry, createPlatformaticBackbone } from "loopstream/streams";
import { createClient } from "loopstream/client";
import { openLoopstream } from "loopstream";

const [brokers, url, name] = process.argv.slice(2);
const loop = await openLoopstream({ brokers: [brokers], registry: url, dir: name, id: name, partitions: 2 });
await loop.publishBlueprint(await readFile("reminders.yaml", "utf8"));
const request = { unit: "anna", context: { days_since_visit: 3, plan: "free" } };
const own = await loop.getDecision("reminders", request, { default: true, timeout: 20_000 });
console.log(own.value, own.reason, (await loop.logObservations(own.decisionId, { kind: "opened" })).ok);

const backbone = await createPlatformaticBackbone({ brokers: [brokers] });
const registry = createConfluentRegistry({ url });
const client = createClient({ backbone, registry });
const asked = await client.getDecision("reminders", request, { default: true, timeout: 20_000 });
console.log(asked.value, asked.reason);
await client.close();
await backbone.close();
await registry.close();
await loop.close();
`;

test.each(["22", "24"] as const)(
  "the packed package runs the loop and a client on Kafka with Node %s",
  { timeout: 900_000 },
  async (node) => {
    project.write("kafka.js", script);
    const { stdout } = await project.node(node, ["kafka.js", inject("brokers"), inject("registry"), `package-${node}`]);
    expect(stdout).toBe("true noModel true\ntrue noModel\n");
  },
);
