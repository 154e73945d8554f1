/** `npm run torture [-- --seed N] [--records N] [--embedded | --kafka]`: writes what real systems send, takes things away, and counts. */
import { parseArgs } from "node:util";
import { embeddedPlace } from "./embedded.ts";
import { kafkaPlace } from "./kafka.ts";
import type { TorturePlace } from "./place.ts";
import { runTorture } from "./run-torture.ts";

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    records: { type: "string", default: "20000" },
    embedded: { type: "boolean", default: false },
    kafka: { type: "boolean", default: false },
  },
});
const both = !values.embedded && !values.kafka;
const say = (line: string): void => console.log(`  ${line}`);
const opens: (() => Promise<TorturePlace>)[] = [
  ...(values.embedded || both ? [() => embeddedPlace(say)] : []),
  ...(values.kafka || both ? [kafkaPlace] : []),
];
for (const open of opens) {
  const place = await open();
  try {
    console.log(`${place.name}, seed ${values.seed}`);
    const records = Number(values.records);
    const report = await runTorture(place, { seed: Number(values.seed), records, perStep: 2_000, say });
    for (const [name, value] of Object.entries(report)) {
      if (name !== "problems") console.log(`${name.padEnd(16)} ${String(value)}`);
    }
    console.log(`problems         ${report.problems.length}`);
    for (const problem of report.problems) console.log(`  ${problem}`);
    if (report.problems.length > 0) process.exitCode = 1;
  } finally {
    await place.close();
  }
}
