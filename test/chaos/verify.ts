import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";
import { compileBlueprint } from "../../blueprints/index.ts";
import { deadLetters, decisions, type DecisionRecorded, type DecisionReplied } from "../../schemas/index.ts";
import { createLevelEngine, readRaw, readTopic, Serdes } from "../../streams/index.ts";
import { decisionTopology } from "../../topologies/index.ts";
import type { Place } from "./product.ts";

export interface Findings {
  readonly decisions: number;
  readonly rows: number;
  readonly expired: number;
  /** Of decision ids: without a record, with more than one, without a row or an expiry, with more than one row. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly rowless: readonly string[];
  readonly rowsDoubled: readonly string[];
  /** Replies that are not what the record says. */
  readonly untrue: readonly string[];
  /** Rows whose label is not that of the decision's one observation. */
  readonly mislabelled: readonly string[];
  readonly deadLetters: readonly string[];
  /** Tasks whose local state is nowhere equal to its changelog. */
  readonly stateDiffers: readonly string[];
}

export const isClean = (found: Findings): boolean =>
  Object.values(found).every((value) => typeof value === "number" || (value as readonly string[]).length === 0);

/** @param expected by decision id: the label, or null when it has no observation and expires. */
export async function verify(
  { backbone, registry }: Place,
  blueprintText: string,
  expected: ReadonlyMap<string, number | null>,
  seen: ReadonlyMap<string, DecisionReplied>,
  stateDirs: readonly string[],
  partitions: number,
): Promise<Findings> {
  const serdes = new Serdes(registry);
  const compiled = compileBlueprint(blueprintText);
  const records = new Map<string, DecisionRecorded>();
  const doubled: string[] = [];
  for await (const { key, value } of readTopic(backbone, serdes, decisions)) {
    if (records.has(key)) doubled.push(key);
    records.set(key, value);
  }
  const labels = new Map<string, number>();
  const rowsDoubled: string[] = [];
  for await (const { key, value } of readTopic(backbone, serdes, compiled.rows)) {
    if (labels.has(key)) rowsDoubled.push(key);
    labels.set(key, value["label"] as number);
  }
  const buried: string[] = [];
  for await (const { value } of readTopic(backbone, serdes, deadLetters))
    buried.push(`${value.code}: ${value.message}`);
  const untrue = [...seen].filter(([id, reply]) => !saysTheSame(reply, records.get(id))).map(([id]) => id);
  const ids = [...expected];
  return {
    decisions: records.size,
    rows: labels.size,
    expired: ids.filter(([id, label]) => label === null && records.has(id) && !labels.has(id)).length,
    lost: ids.filter(([id]) => !records.has(id)).map(([id]) => id),
    doubled,
    rowless: ids.filter(([id, label]) => label !== null && !labels.has(id)).map(([id]) => id),
    rowsDoubled,
    untrue,
    mislabelled: ids.filter(([id, label]) => labels.has(id) && labels.get(id) !== label).map(([id]) => id),
    deadLetters: buried,
    stateDiffers: await differingStates(backbone, stateDirs, partitions),
  };
}

function saysTheSame(reply: DecisionReplied, record: DecisionRecorded | undefined): boolean {
  if (record === undefined) return false;
  const { value, reason, propensity, blueprintVersion, modelId } = record;
  return isDeepStrictEqual(
    { value, reason, propensity, blueprintVersion, modelId },
    {
      value: reply.value,
      reason: reply.reason,
      propensity: reply.propensity,
      blueprintVersion: reply.blueprintVersion,
      modelId: reply.modelId,
    },
  );
}

const CHECKPOINT = "\u0001checkpoint";

/** A task that moved leaves an older copy behind; one copy must be what the changelog says. */
async function differingStates(
  backbone: Place["backbone"],
  dirs: readonly string[],
  partitions: number,
): Promise<readonly string[]> {
  const { subTopologies } = decisionTopology({
    name: "chaos",
    scorers: () => Promise.reject(new Error("nothing is scored here")),
    salt: "chaos",
  });
  const differing: string[] = [];
  for (const { name, changelog, stateful } of subTopologies) {
    if (!stateful) continue;
    const folded = Array.from({ length: partitions }, () => new Map<string, string>());
    for await (const batch of readRaw(backbone, changelog)) {
      for (const { partition, key, value } of batch) {
        const at = Buffer.from(key!).toString();
        if (value === null) folded[partition]!.delete(at);
        else folded[partition]!.set(at, Buffer.from(value).toString("base64"));
      }
    }
    for (const [partition, expected] of folded.entries()) {
      const task = `${name}-${partition}`;
      const copies = await Promise.all(dirs.map((dir) => contentOf(join(dir, "state"), task)));
      if (!copies.some((copy) => isDeepStrictEqual(comparable(copy), comparable(expected)))) differing.push(task);
    }
  }
  return differing;
}

async function contentOf(dir: string, task: string): Promise<ReadonlyMap<string, string>> {
  const database = await createLevelEngine(dir).open(task);
  try {
    const all = await database.range("", "\u{10ffff}");
    return new Map(all.map(([key, value]) => [key, Buffer.from(value).toString("base64")]));
  } finally {
    await database.close();
  }
}

/** Where a restore may begin is each copy's own affair; everything else must be equal. */
function comparable(content: ReadonlyMap<string, string>): ReadonlyMap<string, unknown> {
  return new Map(
    [...content]
      .map(([key, value]): [string, unknown] => {
        if (key !== CHECKPOINT) return [key, value];
        const { changelogOffset: _, ...rest } = JSON.parse(Buffer.from(value, "base64").toString()) as Record<
          string,
          unknown
        >;
        return [key, rest];
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
