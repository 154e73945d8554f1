/**
 * `npm run bench:score [-- --rows 1000000 --numbers 50 --trees 100 --depth 6 --rounds 5 --python python3 --keep DIR]`:
 * `loopstream score` from Parquet to Parquet beside native XGBoost with pyarrow, in turn. Ours is the whole command from
 * its start to its end; theirs is reading, predicting and writing alone. `--python` is one that has xgboost, pyarrow and
 * numpy (`pip install xgboost pyarrow`).
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { USE_CASE, writeGround } from "../history/ground.ts";
import { usageOf, type Usage } from "../history/usage.ts";
import { markdown, median, spread } from "../rounds.ts";

const { values: flags } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    numbers: { type: "string", default: "50" },
    trees: { type: "string", default: "100" },
    depth: { type: "string", default: "6" },
    rounds: { type: "string", default: "5" },
    python: { type: "string", default: "python3" },
    keep: { type: "string" },
  },
});
/** Rows that our model is trained from. */
const FITTED = 20_000;
const dir = flags.keep ?? mkdtempSync(join(tmpdir(), "loopstream-score-"));
mkdirSync(dir, { recursive: true });
const [table, model, log] = [join(dir, "table.parquet"), join(dir, "native.json"), join(dir, "log")];

/** Of the judge: seconds of its work, of its parts, and of its CPU from the start. */
type Judged = Readonly<Record<"seconds" | "read" | "predict" | "write" | "cpu" | "peakMiB", number>>;

async function native(...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(flags.python, [join(import.meta.dirname, "native.py"), ...args]);
  return stdout;
}

async function prepare(): Promise<void> {
  if (!existsSync(table)) await native("ground", table, flags.rows, flags.numbers);
  if (!existsSync(model)) await native("train", table, model, flags.trees, flags.depth);
  if (existsSync(log)) return;
  const { blueprint, decisions, observations } = await writeGround(dir, FITTED, Number(flags.numbers), 1_000);
  const text = readFileSync(blueprint, "utf8");
  writeFileSync(blueprint, `${text}model: { rounds: ${flags.trees}, depth: ${flags.depth} }\n`);
  await usageOf(["blueprint", "publish", blueprint, "--dir", log], dir);
  const files = ["--decisions", decisions, "--observations", observations];
  await usageOf(["import", "--use-case", USE_CASE, ...files, "--run", "--dir", log], dir);
  await usageOf(["train", "--use-case", USE_CASE, "--dir", log], dir);
}

/** The id of our model. Its labels are drawn, so it is not promoted. */
async function trained(): Promise<string> {
  const args = [join(import.meta.dirname, "../../cli/main.ts"), "models", "list", "--json", "--dir", log];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return (JSON.parse(stdout) as readonly { readonly modelId: string }[])[0]!.modelId;
}

try {
  await prepare();
  const made = ["--use-case", USE_CASE, "--model", await trained(), "--dir", log];
  const [ours, theirs]: [Usage[], Judged[]] = [[], []];
  for (let round = 0; round < Number(flags.rounds); round++) {
    theirs.push(JSON.parse(await native("score", table, model, join(dir, "native.parquet"))) as Judged);
    ours.push(await usageOf(["score", ...made, "--in", table, "--out", join(dir, "ours.parquet")], dir));
    console.error(
      `round ${round + 1}: ours ${ours.at(-1)!.seconds.toFixed(2)} s, native ${JSON.stringify(theirs.at(-1))}`,
    );
  }
  const row = (name: string, all: readonly Pick<Judged, "seconds" | "cpu" | "peakMiB">[]): string[] => [
    name,
    ...[spread(all.map(({ seconds }) => seconds)), spread(all.map(({ cpu }) => cpu))],
    median(all.map(({ peakMiB }) => peakMiB)).toFixed(0),
  ];
  const ratios = ours.map(({ seconds }, round) => theirs[round]!.seconds / seconds);
  const size = `${flags.rows} rows of ${flags.numbers} numbers, ${flags.trees} trees of depth ${flags.depth}`;
  console.log(`${size}; ${flags.rounds} rounds, medians (middle half)\n`);
  console.log(
    markdown(
      ["way", "wall s", "CPU s", "peak MiB"],
      [row("loopstream score, whole command", ours), row("XGBoost and pyarrow, read to write", theirs)],
    ),
  );
  console.log(`\nspeed of ours over native: ${spread(ratios)}`);
} finally {
  if (flags.keep === undefined) rmSync(dir, { recursive: true, force: true });
}
