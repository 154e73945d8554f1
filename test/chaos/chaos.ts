/** `npm run chaos [-- --seed N] [--decisions N] [--embedded | --kafka [--client kafkajs]]`: kills things while the loop runs, and counts. */
import { parseArgs } from "node:util";
import { embeddedChaos } from "./embedded.ts";
import { kafkaChaos } from "./kafka.ts";
import type { ChaosReport } from "./run-chaos.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    decisions: { type: "string", default: "100000" },
    kills: { type: "string", default: "25" },
    embedded: { type: "boolean", default: false },
    kafka: { type: "boolean", default: false },
    client: { type: "string", default: "platformatic" },
  },
});
const seed = Number(values.seed);
const decisions = Number(values.decisions);
const kills = Number(values.kills);
const both = !values.embedded && !values.kafka;
const { client } = values;
if (client !== "kafkajs" && client !== "platformatic")
  throw new Error(`--client ${client}: write kafkajs or platformatic`);
const say = (line: string): void => console.log(`  ${line}`);
const reports: ChaosReport[] = [];
if (values.embedded || both) {
  console.log(`embedded, seed ${seed}`);
  reports.push(await embeddedChaos(seed, decisions, kills, say));
  print(reports.at(-1)!);
}
if (values.kafka || both) {
  console.log(`kafka, seed ${seed}`);
  reports.push(
    await kafkaChaos(
      {
        seed,
        decisions,
        kills,
        pauses: 1,
        wipes: 1,
        brokerRestarts: 2,
        registryOutages: 1,
        registryOutageMs: 30_000,
        wrongClocks: 1,
      },
      say,
      client,
    ),
  );
  print(reports.at(-1)!);
}
process.exitCode = reports.every(({ problems }) => problems.length === 0) ? 0 : 1;

function print(report: ChaosReport): void {
  for (const [name, value] of Object.entries(report)) {
    console.log(
      `${name.padEnd(16)} ${Array.isArray(value) ? `${value.length} ${value.slice(0, 3).join(", ")}` : String(value)}`,
    );
  }
}
