/**
 * `npm run bench:train [-- --rows 100000 --numbers 50 --trees 100 --depth 6 --rounds 3 --python python3 --kept --keep DIR]`:
 * `loopstream train` of rows that are on their topic, beside native XGBoost's fit alone, in turn. Ours is the CPU of the
 * whole command, which reads all rows from their topic, or with `--kept` has them from the round before. `--python` is
 * one that has xgboost, pyarrow and numpy (`pip install xgboost pyarrow`).
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { usageOf, type Usage } from "../history/usage.ts";
import { markdown, median, spread } from "../rounds.ts";
import { USE_CASE, writeRows } from "./ground.ts";

const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "100000" },
    numbers: { type: "string", default: "50" },
    trees: { type: "string", default: "100" },
    depth: { type: "string", default: "6" },
    rounds: { type: "string", default: "3" },
    python: { type: "string", default: "python3" },
    kept: { type: "boolean", default: false },
    keep: { type: "string" },
  },
});
const size = {
  ...{ rows: Number(flags.rows), numbers: Number(flags.numbers) },
  ...{ trees: Number(flags.trees), depth: Number(flags.depth) },
};
const dir = flags.keep ?? mkdtempSync(join(tmpdir(), "loopstream-train-"));
mkdirSync(dir, { recursive: true });
const [log, table] = [join(dir, "log"), join(dir, "rows.parquet")];

interface Judged {
  readonly cpu: number;
  readonly seconds: number;
}

async function native(): Promise<Judged> {
  const args = [join(import.meta.dirname, "native.py"), table, flags.trees, flags.depth];
  const { stdout } = await promisify(execFile)(flags.python, args);
  return JSON.parse(stdout) as Judged;
}

try {
  if (!existsSync(log)) await writeRows(log, size);
  if (!existsSync(table)) await usageOf(["rows", "--use-case", USE_CASE, "--out", table, "--dir", log], dir);
  const [ours, theirs]: [Usage[], Judged[]] = [[], []];
  for (let round = 0; round < Number(flags.rounds); round++) {
    theirs.push(await native());
    // The same rows at the same time give the same model, which is not published again.
    const args = ["train", "--use-case", USE_CASE, "--until", "2026-06-01T00:00:00Z", "--dir", log];
    if (!flags.kept) rmSync(join(log, "state-rows"), { recursive: true, force: true });
    ours.push(await usageOf(args, dir));
    console.error(
      `round ${round + 1}: ours ${ours.at(-1)!.cpu.toFixed(1)} s, native ${theirs.at(-1)!.cpu.toFixed(1)} s`,
    );
  }
  const rows = [
    ["loopstream train, whole command", spread(ours.map(({ cpu }) => cpu)), spread(ours.map(({ seconds }) => seconds))],
    ["XGBoost's fit", spread(theirs.map(({ cpu }) => cpu)), spread(theirs.map(({ seconds }) => seconds))],
  ];
  console.log(`${flags.rows} rows of ${flags.numbers} numbers, ${flags.trees} trees of depth ${flags.depth}\n`);
  console.log(markdown(["way", "CPU s", "wall s"], rows));
  const ratios = ours.map(({ cpu }, round) => cpu / theirs[round]!.cpu);
  const peak = median(ours.map(({ peakMiB }) => peakMiB));
  console.log(`\nour CPU over native: ${spread(ratios)}; our peak ${peak.toFixed(0)} MiB`);
} finally {
  if (flags.keep === undefined) rmSync(dir, { recursive: true, force: true });
}
