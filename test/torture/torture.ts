/**
 * `npm run torture [-- --seed N] [--records N] [--embedded | --kafka]`: writes what real systems send, takes things away, and counts.
 * The loop's own log is added to the file that `TORTURE_LOG` names.
 *
 * `npm run torture -- --restarts [--rounds N] [--seed N] [--embedded | --kafka]`: times a restart after each fault beside a plain one.
 */
import { parseArgs } from "node:util";
import { embeddedPlace } from "./embedded.ts";
import { kafkaPlace } from "./kafka.ts";
import type { TorturePlace } from "./place.ts";
import { measureRestarts } from "./restarts.ts";
import { restartTable } from "./restart-table.ts";
import { runTorture } from "./run-torture.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    records: { type: "string", default: "20000" },
    restarts: { type: "boolean", default: false },
    rounds: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    poison: { type: "string", default: "500" },
    embedded: { type: "boolean", default: false },
    kafka: { type: "boolean", default: false },
  },
});
const both = !values.embedded && !values.kafka;
const say = (line: string): void => console.log(`  ${new Date().toISOString()} ${line}`);
const seed = Number(values.seed);
const opens: (() => Promise<TorturePlace>)[] = [
  ...(values.embedded || both ? [() => embeddedPlace(say)] : []),
  ...(values.kafka || both ? [kafkaPlace] : []),
];
for (const open of opens) {
  const place = await open();
  try {
    console.log(`${place.name}, seed ${values.seed}`);
    await (values.restarts ? restarts(place) : torture(place));
  } finally {
    await place.close();
  }
}

async function restarts(place: TorturePlace): Promise<void> {
  const began = performance.now();
  const parts = values.only.split(",");
  const only = (name: string): boolean => parts.some((part) => name.includes(part));
  const sizes = { before: 3_000, decisions: 100, poison: Number(values.poison), mostMs: 3_000 };
  const measured = await measureRestarts(place, { seed, rounds: Number(values.rounds), ...sizes, only, say });
  console.log(`\n${restartTable(measured)}\n`);
  console.log(`seconds          ${Math.round((performance.now() - began) / 1_000)}`);
}

async function torture(place: TorturePlace): Promise<void> {
  const report = await runTorture(place, { seed, records: Number(values.records), perStep: 2_000, say });
  for (const [name, value] of Object.entries(report)) {
    if (name !== "problems") console.log(`${name.padEnd(16)} ${String(value)}`);
  }
  console.log(`problems         ${report.problems.length}`);
  for (const problem of report.problems) console.log(`  ${problem}`);
  if (report.problems.length > 0) process.exitCode = 1;
}
