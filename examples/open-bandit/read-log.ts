import { readFile } from "node:fs/promises";
import type { BanditLog } from "./logs.ts";

/** A decision of a log, and what came of it. */
export interface Logged {
  readonly id: string;
  /** ISO-8601. */
  readonly time: string;
  /** With the page before it, because each page has items of its own: `men-3`. */
  readonly item: string;
  /** Of the three on the page: 1 to 3. */
  readonly position: number;
  readonly propensity: number;
  readonly userFeatures: readonly [string, string];
  readonly clicked: boolean;
}

/** The names of a log's items. */
export const itemsOf = ({ name, items }: BanditLog): readonly string[] =>
  Array.from({ length: items }, (_, item) => `${pageOf(name)}-${item}`);
const pageOf = (name: string): string => name.split("-")[1]!;

const DECISIONS = "decision_id,decision_ts,item_id,position,propensity_score,user_feature_0,user_feature_1";
const CLICKS = "decision_id,event_ts,clicked";

/** A log in the order of its file. Throws, and says where a file differs from the one that is fetched. */
export async function readLog({ name, decisions, clicks }: BanditLog): Promise<readonly Logged[]> {
  const [decided, observed] = await Promise.all([linesOf(decisions, DECISIONS), linesOf(clicks, CLICKS)]);
  return decided.map((line, at) => {
    const [id, time, item, position, propensity, user0, user1] = line;
    const [of, , clicked] = observed[at] ?? [];
    if (of !== id) throw new Error(`${clicks}:${at + 2}: the click of ${id} goes here`);
    return {
      ...{ id: id!, time: time!, item: `${pageOf(name)}-${item}`, position: Number(position) },
      ...{ propensity: Number(propensity), userFeatures: [user0!, user1!], clicked: clicked === "true" },
    };
  });
}

async function linesOf(file: string, header: string): Promise<readonly (readonly string[])[]> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new Error(`${file} can't be read: \`node examples/open-bandit/fetch.ts\` gets it`, { cause: error });
  });
  const [first, ...lines] = text.trimEnd().split("\n");
  if (first !== header) throw new Error(`${file}:1: the columns are not ${header}`);
  return lines.map((line) => line.split(","));
}
