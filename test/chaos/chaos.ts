/**
 * `npm run chaos [-- --seed N] [--decisions N] [--embedded | --kafka [--client kafkajs]]`: kills things while the loop runs, and counts.
 * With `--brokers 3`: two of three brokers are killed in turn while 200 requests a second come, 32,000 or `--decisions`.
 */
import { parseArgs } from "node:util";
import { brokersInTurn } from "./brokers.ts";
import { embeddedChaos } from "./embedded.ts";
import { kafkaChaos } from "./kafka.ts";
import type { ChaosReport } from "./run-chaos.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    decisions: { type: "string" },
    brokers: { type: "string" },
    kills: { type: "string", default: "25" },
    embedded: { type: "boolean", default: false },
    kafka: { type: "boolean", default: false },
    client: { type: "string", default: "platformatic" },
  },
});
const seed = Number(values.seed);
const decisions = Number(values.decisions ?? 100_000);
const kills = Number(values.kills);
const both = !values.embedded && !values.kafka;
const { client } = values;
if (client !== "kafkajs" && client !== "platformatic")
  throw new Error(`--client ${client}: write kafkajs or platformatic`);
const say = (line: string): void => console.log(`  ${line}`);
if (values.brokers !== undefined) {
  const requests = Number(values.decisions ?? 32_000);
  const amounts = { brokers: Number(values.brokers), requests, rate: 200, awayMs: 20_000 };
  const { outages, problems, ...report } = await brokersInTurn({ ...amounts, client, say });
  for (const { time, msg, error } of outages) console.log(`${time}  ${msg}  ${error}`);
  for (const [name, value] of Object.entries({ ...report, problems })) console.log(name.padEnd(16), value);
  process.exit(problems.length === 0 ? 0 : 1);
}
const reports: ChaosReport[] = [];
if (values.embedded || both) {
  console.log(`embedded, seed ${seed}`);
  reports.push(await embeddedChaos(seed, decisions, kills, say, 5));
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
