import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loopstream, type Ran } from "../e2e/command.ts";
import { startLoopstream } from "../e2e/running.ts";
import type { Files } from "./forms.ts";
import { BLUEPRINT, USE_CASE } from "./world.ts";

/** A place of its own where history comes in and rows come out. */
export interface Shop {
  readonly dir: string;
  /** What every command is told. */
  readonly args: readonly string[];
}

export type Row = Readonly<Record<string, unknown>>;

const PATIENCE_MS = 120_000;

/** @param more of every command: brokers and registry. */
export async function openShop(dir: string, more: readonly string[] = []): Promise<Shop> {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, "shop.yaml");
  writeFileSync(file, BLUEPRINT);
  const shop = { dir, args: ["--dir", join(dir, "home"), ...more] };
  await done(shop, ["blueprint", "publish", file]);
  return shop;
}

async function done({ args }: Shop, command: readonly string[]): Promise<Ran> {
  const ran = await loopstream([...command, ...args, "--json"]);
  if (ran.code !== 0) throw new Error(`${command.join(" ")} ended with ${ran.code}: ${ran.stderr}${ran.stdout}`);
  return ran;
}

const importArgs = ({ decisions, observations, flags }: Files): readonly string[] => [
  ...["import", "--use-case", USE_CASE, "--decisions", decisions, "--observations", observations],
  ...flags,
];

export const importFiles = (shop: Shop, files: Files, flags: readonly string[] = []): Promise<Ran> =>
  done(shop, [...importArgs(files), ...flags]);

/** The same command until it comes to its end, killed with -9 after these times before. */
export async function importKilled(
  shop: Shop,
  files: Files,
  killsMs: readonly number[],
  flags: readonly string[] = [],
): Promise<void> {
  for (const killAfterMs of killsMs)
    await loopstream([...importArgs(files), ...flags, ...shop.args, "--json"], { killAfterMs });
  await importFiles(shop, files, flags);
}

/** `loopstream start` meanwhile, and until there are so many rows. */
export async function whileRunning(shop: Shop, rows: number, work: () => Promise<unknown>): Promise<readonly Row[]> {
  const running = startLoopstream(["start", ...shop.args]);
  try {
    await running.says("the loop is running");
    await work();
    const until = performance.now() + PATIENCE_MS;
    for (let [last, found] = ["", await rowsOf(shop)]; ; found = await rowsOf(shop)) {
      const now = JSON.stringify(found);
      if (found.length >= rows && now === last) return found;
      if (performance.now() > until) throw new Error(`${found.length} rows of ${rows}: ${running.said()}`);
      last = now;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  } finally {
    running.send("SIGTERM");
    await running.ended();
  }
}

/** The newest row of each decision, in the order of their ids. */
export async function rowsOf(shop: Shop, topic?: string): Promise<readonly Row[]> {
  const file = join(shop.dir, "rows.jsonl");
  await done(shop, ["rows", "--use-case", USE_CASE, "--out", file, ...(topic === undefined ? [] : ["--topic", topic])]);
  const rows = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  return rows
    .map((line) => JSON.parse(line) as Row)
    .sort((a, b) => (String(a["decisionId"]) < String(b["decisionId"]) ? -1 : 1));
}

/** All of it made again from the topics. */
export async function replayed(shop: Shop): Promise<readonly Row[]> {
  const { json } = await done(shop, ["replay", "--use-case", USE_CASE]);
  return rowsOf(shop, String(json["rowsTopic"]));
}
