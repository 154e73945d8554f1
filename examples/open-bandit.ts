/**
 * The bandit of a shop. Six logs of the Open Bandit Dataset are imported with their own choices and probabilities, and say what
 * choosing at random would have earned. Then 10,000 visitors come again, and a live policy learns from their clicks which of 80
 * items to show. Run it with `node examples/open-bandit.ts`; open-bandit.out is what it prints.
 *
 * The logs are not part of the project: examples/open-bandit/fetch.ts gets them the first time, with pip.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { openLoopstream } from "loopstream";
import { writeHistory } from "./open-bandit/history.ts";
import { logs } from "./open-bandit/logs.ts";
import { itemsOf, readLog, type Logged } from "./open-bandit/read-log.ts";
import { World } from "./open-bandit/world.ts";

const USE_CASE = "shop";
/** So many visitors see what was learnt from those before them. */
const BATCH = 250;
const BATCHES_A_LINE = 8;
const MINUTE = 60_000;
/** That may be shown, and of which the share is told. */
const BEST = 5;
const text = await readFile(join(import.meta.dirname, "open-bandit.yaml"), "utf8");
const dir = await mkdtemp(join(tmpdir(), "loopstream-example-"));

interface Ended {
  readonly code?: number;
  readonly stdout: string;
}
/** What a person types, as `npx loopstream` where the package is installed. Exit code 6: an estimate is refused. */
async function loopstream(...args: readonly string[]): Promise<string> {
  const command = [join(import.meta.dirname, "../cli/main.ts"), ...args, "--dir", join(dir, "loop")];
  const { stdout } = await promisify(execFile)(process.execPath, command).catch((error: Ended & Error) => {
    if (error.code === 6) return error;
    throw error;
  });
  return stdout;
}
/** Of `evaluate --json`. */
interface Evaluated {
  readonly rewarded: number;
  readonly logged: { readonly value: number };
  readonly estimates: { readonly DR: { readonly value: number; readonly interval: readonly [number, number] } } | null;
  readonly refused: readonly string[];
}
async function evaluated(useCase: string, ...policy: readonly string[]): Promise<string> {
  const json = await loopstream("evaluate", "--use-case", useCase, "--policy", ...policy, "--json");
  const { rewarded, logged, estimates, refused } = JSON.parse(json) as Evaluated;
  const earned = `${rewarded} rows, ${(1_000 * logged.value).toFixed(2)} clicks in a thousand`;
  if (estimates === null) return `${earned}; refused: ${refused[0]!.split(/[:;]/)[0]}`;
  const { value, interval } = estimates.DR;
  const [found, low, high] = [value, ...interval].map((each) => (1_000 * each).toFixed(2));
  return `${earned}; it would have had ${found}, from ${low} to ${high}`;
}

await promisify(execFile)(process.execPath, [join(import.meta.dirname, "open-bandit/fetch.ts")]);
// A use case for each log, with the same text.
for (const log of logs) {
  const file = join(dir, `${log.name}.yaml`);
  await writeFile(file, text.replace(`useCase: ${USE_CASE}`, `useCase: ${log.name}`));
}
await loopstream("blueprint", "apply", ...logs.map(({ name }) => join(dir, `${name}.yaml`)));
for (const log of logs) {
  const logged = await readLog(log);
  const imported = await loopstream("import", "--use-case", log.name, ...(await writeHistory(dir, log, logged)));
  console.log(`${log.name.padEnd(12)} ${log.items} items, ${/published \d+ decisions/.exec(imported)?.[0]}`);
}
console.log("\nchoosing at random");
for (const { name } of logs) console.log(`${name.padEnd(12)} ${await evaluated(name, "uniform")}`);
const lastDay = ["--from", "2019-11-30"];
console.log("\nthis policy on the last day, by what both logs of the page had seen");
console.log(`random-all   ${await evaluated("random-all", join(dir, "random-all.yaml"), ...lastDay)}`);

const [log] = logs;
const visitors = await readLog(log!);
const world = new World(visitors, itemsOf(log!));
const best = world.best(visitors);
const loop = await openLoopstream({ dir: join(dir, "loop") });
await loop.publishBlueprint(text);

const start = Date.now() - (visitors.length / BATCH + 1) * MINUTE;
/** Shows an item to a visitor and tells whether it was clicked. */
async function visit(
  { position, userFeatures: [user_feature_0, user_feature_1] }: Logged,
  at: number,
): Promise<string> {
  const time = start + Math.floor(at / BATCH) * MINUTE + (at % BATCH);
  const context = { position, user_feature_0, user_feature_1 };
  const request = { unit: `visitor-${at}`, decisionId: `visit-${at}`, context, candidates: world.items };
  const { decisionId, value } = await loop.getDecision(USE_CASE, request, {
    time,
    timeout: 30_000,
    throwOnError: true,
  });
  const item = String(value);
  const clicked = Number(world.clicks(at, item, position));
  await loop.logObservations(decisionId, { kind: "seen", clicked }, { optionId: item, time: time + MINUTE / 2 });
  return item;
}

const shown: string[] = [];
console.log(`\n${visitors.length} visitors come again, ${BATCH} at a time`);
console.log("visitors      clicks  expected  random log  best item  to the 5 best");
for (let from = 0; from < visitors.length; from += BATCH) {
  shown.push(...(await Promise.all(visitors.slice(from, from + BATCH).map((each, at) => visit(each, from + at)))));
  await loop.idle();
  if ((shown.length / BATCH) % BATCHES_A_LINE === 0) line(shown.length - BATCH * BATCHES_A_LINE, shown.length);
}
line(0, shown.length);
await loop.close();
await rm(dir, { recursive: true });

/** Clicks of the live policy, their expectation, and the expectations of the log's policy and of the best item. */
function line(from: number, to: number): void {
  const some = Array.from({ length: to - from }, (_, at) => from + at);
  const sum = (of: (at: number) => number): number => some.reduce((all, at) => all + of(at), 0);
  const expected = (itemOf: (at: number) => string) => sum((at) => world.rate(itemOf(at), visitors[at]!.position));
  const clicks = sum((at) => Number(world.clicks(at, shown[at]!, visitors[at]!.position)));
  const [live, logged, top] = [(at: number) => shown[at]!, (at: number) => visitors[at]!.item, () => best[0]!].map(
    expected,
  );
  const share = sum((at) => Number(best.slice(0, BEST).includes(shown[at]!))) / some.length;
  const cells = [
    String(clicks),
    live!.toFixed(1),
    logged!.toFixed(1),
    top!.toFixed(1),
    `${(100 * share).toFixed(1)} %`,
  ];
  const widths = [6, 10, 12, 11, 15];
  const name = `${from + 1} to ${to}`.padEnd(14);
  console.log(name + cells.map((cell, at) => cell.padStart(widths[at]!)).join(""));
  if (from > 0 || to < visitors.length) return;
  console.log(`regret: ${(top! - live!).toFixed(1)} clicks live, ${(top! - logged!).toFixed(1)} at random`);
}
