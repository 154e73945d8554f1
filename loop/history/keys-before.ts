import {
  decisionKeys,
  groupableEntries,
  keysByOption,
  keysWithUnit,
  type Blueprint,
  type DecisionKeys,
} from "../../blueprints/index.ts";
import { decisionRequests } from "../../schemas/index.ts";
import { readTopic } from "../../streams/index.ts";
import type { Tools } from "../loop.ts";
import type { ImportFeed } from "./import-feed.ts";
import type { KnownKeys } from "./lines/line-maker.ts";
import type { HistoryFiles } from "./history-table.ts";
import type { Survey } from "./survey.ts";

type OptionKeys = ReadonlyMap<string, DecisionKeys>;

interface Where {
  readonly tools: Pick<Tools, "backbone" | "serdes">;
  readonly blueprint: Blueprint;
  readonly files: HistoryFiles;
}

/**
 * Keys of decisions that earlier imports have published and that observations in these files belong to. They reach from
 * one TTL before the first observation up to the first decision of these files. Reads the topic of requests for them,
 * if there can be any.
 */
export async function keysBefore(
  feed: ImportFeed,
  where: Where,
  surveys: readonly Survey[],
): Promise<KnownKeys | undefined> {
  const { tools, blueprint, files } = where;
  const beginOf = (file: string | undefined): number => surveys.find((one) => one.file === file)?.from ?? Infinity;
  const first = beginOf(files.observations);
  const [from, to] = [first - blueprint.join.ttlMs, beginOf(files.decisions)];
  if (first === Infinity || !feed.ledgers.own.hasBetween(from, to)) return undefined;
  const names = groupableEntries(blueprint);
  const found: {
    readonly id: string;
    readonly time: number;
    readonly keys: DecisionKeys;
    readonly ofOptions: OptionKeys;
  }[] = [];
  const ofOptions = keysByOption(blueprint);
  const isWanted = ({ timestamp }: { readonly timestamp: number }): boolean => timestamp >= from && timestamp < to;
  for await (const { value, time } of readTopic(tools.backbone, tools.serdes, decisionRequests, { isWanted })) {
    if (value.useCase !== blueprint.useCase) continue;
    const keys = keysWithUnit(decisionKeys(names, value.context), value.unit);
    found.push({ id: value.decisionId, time, keys, ofOptions: ofOptions(value.candidates) });
  }
  found.sort((a, b) => a.time - b.time);
  return new Map(found.map(({ id, time, ...known }) => [id, { until: time + blueprint.join.ttlMs, ...known }]));
}
