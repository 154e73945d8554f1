/**
 * `npm run bench:micro [-- --update]`: the hot path's parts, each as a ratio to a reference loop that is run in turn
 * with them, so that neither the machine nor its neighbours count much. It takes CPU time of the main thread: LevelDB's
 * compactions in the background fall on the part that runs then. Ratios are compared with the stored ones; a loss of
 * more than a fifth is printed in red. It reports and never fails.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { styleText } from "node:util";
import { interleaved, markdown, spread, type Timing } from "../rounds.ts";
import { change, readBaseline, writeBaseline } from "./baseline.ts";
import { embeddedLog } from "./embedded-log.ts";
import { flights } from "./flights.ts";
import type { MicroVariant } from "./measured.ts";
import { reference } from "./reference.ts";
import { serde } from "./serde.ts";
import { store } from "./store.ts";
import { task } from "./task.ts";

const ROUNDS = 25;
const WARM_UPS = 5;

const dir = mkdtempSync(join(tmpdir(), "loopstream-micro-"));
const sets = [await serde(), await store(dir), await task(), await flights(), await embeddedLog(dir)];
const variants: readonly MicroVariant[] = sets.flatMap((set) => set.variants);
const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};
const [loop, ...timings] = await interleaved([reference, ...variants], ROUNDS, WARM_UPS, cpuMs);
for (const set of sets) await set.close();
rmSync(dir, { recursive: true, force: true });

/** The quarter of the rounds that neighbours disturbed least ends here. */
const undisturbed = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 2]!;
const ratioOf = ({ ms }: Timing): number => undisturbed(ms) / undisturbed(loop!.ms);
const ratios = Object.fromEntries(timings.map((timing) => [timing.name, ratioOf(timing)]));
if (process.argv.includes("--update")) writeBaseline(ratios);
const baseline = readBaseline();
const rows = timings.map((timing, at) => {
  const { name, ms } = timing;
  const { text, lost } = change(ratios[name]!, baseline[name]);
  const micros = (undisturbed(ms) * 1_000) / variants[at]!.items;
  const stored = baseline[name];
  return {
    lost,
    cells: [name, micros.toFixed(2), ratios[name]!.toFixed(2), spread(timing.ratios), stored?.toFixed(2) ?? "–", text],
  };
});
const head = ["what", "CPU µs each", "to the reference loop", "of all rounds", "baseline", "time"];
const lines = markdown(
  head,
  rows.map(({ cells }) => cells),
).split("\n");
console.log(
  lines
    .map((line, at) => (rows[at - 2]?.lost === true ? styleText("red", line, { validateStream: false }) : line))
    .join("\n"),
);
const lost = rows.filter((row) => row.lost).length;
if (lost > 0)
  console.log(styleText("red", `${lost} slower than the baseline by more than a fifth`, { validateStream: false }));
