/**
 * `npm run bench:backtest [-- --blueprint FILE --decisions FILE --observations FILE --unit COLUMNS --days 7 --seed 0 --python python3 --keep DIR]`:
 * `loopstream backtest` of a history, by default the flights of the first quarter, beside native XGBoost with the
 * blueprint's parameters that is fitted again every `--days` on the same rows, with the seed `--seed` (default: the
 * blueprint's). Prints by month the figures of both on the same decisions, and our CPU and peak memory. `--python` is one
 * that has xgboost, pyarrow and numpy (`pip install xgboost pyarrow`). The first label is binary, and its model is of
 * trees. What is in `--keep` already is used again.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs, promisify } from "node:util";
import { compileBlueprint, type ModelConfig } from "../../blueprints/index.ts";
import { usageOf, type Usage } from "../history/usage.ts";
import { markdown } from "../rounds.ts";

const examples = join(import.meta.dirname, "../../examples");
const { values: flags } = parseArgs({
  options: {
    blueprint: { type: "string", default: join(examples, "flights.yaml") },
    decisions: { type: "string", default: join(examples, "flights/decisions-2013-q1.csv.gz") },
    observations: { type: "string", default: join(examples, "flights/observations-2013-q1.csv.gz") },
    unit: { type: "string", default: "carrier+flight" },
    days: { type: "string", default: "7" },
    seed: { type: "string" },
    python: { type: "string", default: "python3" },
    keep: { type: "string" },
  },
});
const dir = flags.keep ?? mkdtempSync(join(tmpdir(), "loopstream-backtest-"));
mkdirSync(dir, { recursive: true });
const [table, used] = [join(dir, "rows.parquet"), join(dir, "backtest.json")];
const { blueprint, layout, labelColumns } = compileBlueprint(readFileSync(flags.blueprint, "utf8"));
const { useCase, label, training } = blueprint;
const seed = Number(flags.seed ?? blueprint.model.seed);
const model = blueprint.model as ModelConfig<"xgboost">;
if (label.objective !== "binary" || model.learner !== "xgboost")
  throw new RangeError(`${flags.blueprint}: the judge knows a binary label and xgboost alone`);

interface Figures {
  readonly auc: number;
  readonly logLoss: number;
}

interface Judged {
  readonly fits: number;
  readonly months: Readonly<
    Record<string, { decisions: number; ours: Figures; native: Figures; gain: number; error: number }>
  >;
}

async function judged(): Promise<Judged> {
  const config = {
    features: layout.map(({ name }) => name),
    categories: layout.filter(({ kind }) => kind === "category").map(({ name }) => name),
    ...{ label: labelColumns[0]!.value, prediction: labelColumns[0]!.prediction },
    ...{ rounds: model.rounds, minRows: training.minRows, days: Number(flags.days) },
    params: {
      ...{ objective: "binary:logistic", tree_method: "hist", nthread: 1, seed },
      ...{ max_depth: model.depth, eta: model.learningRate, min_child_weight: model.minChildWeight },
      ...{ subsample: model.subsample, colsample_bytree: model.colsample, lambda: model.l2, max_bin: model.maxBins },
    },
  };
  const args = [join(import.meta.dirname, "judge.py"), table, JSON.stringify(config)];
  return JSON.parse((await promisify(execFile)(flags.python, args)).stdout) as Judged;
}

async function backtested(): Promise<Usage> {
  if (existsSync(used)) return JSON.parse(readFileSync(used, "utf8")) as Usage;
  const files = ["--decisions", flags.decisions, "--observations", flags.observations, "--unit", flags.unit];
  const at = ["--dir", join(dir, "log")];
  const usage = await usageOf(["backtest", "--blueprint", flags.blueprint, ...files, ...at], dir);
  await usageOf(["rows", "--use-case", useCase, "--out", table, ...at], dir);
  writeFileSync(used, JSON.stringify(usage));
  return usage;
}

try {
  const usage = await backtested();
  const { fits, months } = await judged();
  const rows = Object.entries(months).map(([month, { decisions, ours, native, gain, error }]) => [
    ...[month, String(decisions), ours.auc.toFixed(4), native.auc.toFixed(4)],
    ...[ours.logLoss.toFixed(4), native.logLoss.toFixed(4), `${gain.toFixed(4)} ± ${error.toFixed(4)}`],
  ]);
  const head = ["month", "decisions", "AUC, served", "AUC, native", "log loss, served", "log loss, native", "gain"];
  console.log(`${useCase}, native XGBoost fitted ${fits} times, every ${flags.days} days, with seed ${seed}\n`);
  console.log(markdown(head, rows));
  console.log("\ngain: how much smaller the served log loss is, with its standard error over days");
  console.log(
    `backtest: ${usage.cpu.toFixed(0)} s of CPU, ${usage.seconds.toFixed(0)} s, peak ${usage.peakMiB.toFixed(0)} MiB`,
  );
} finally {
  if (flags.keep === undefined) rmSync(dir, { recursive: true, force: true });
}
