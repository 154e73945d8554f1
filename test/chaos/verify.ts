import { isDeepStrictEqual } from "node:util";
import { join } from "node:path";
import { compileBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import {
  clock,
  deadLetters,
  decisions,
  events,
  type DecisionRecorded,
  type DecisionReplied,
} from "../../schemas/index.ts";
import { createLevelEngine, readRaw, readTopic, Serdes } from "../../streams/index.ts";
import { restoreState } from "../../streams/runtime/changelog/restore.ts";
import type { StateDatabase, StateEngine } from "../../streams/state/engine.ts";
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
  /** Of decision ids: whose observation is no event with the decision's key, or more than one. */
  readonly eventless: readonly string[];
  readonly eventsDoubled: readonly string[];
  readonly deadLetters: readonly string[];
  /** Copies of a task's state that are not what its changelog says once they are brought up to its end, or to the end of it alone. */
  readonly stateDiffers: readonly string[];
}

/** What should not be, a line each; empty: all is well. */
export const problemsOf = (found: Findings): readonly string[] =>
  Object.entries(found as unknown as Record<string, unknown>).flatMap(([name, value]) =>
    Array.isArray(value) && value.length > 0 ? [`${name}: ${value.length}, ${value.slice(0, 3).join("; ")}`] : [],
  );

/** The key in a decision's context, which its event has too. */
export const groupOf = (id: string): string => `g${Number(id.slice(1)) % 7}`;

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
  for await (const { key, value } of readTopic(backbone, serdes, rowsTopic(compiled))) {
    if (labels.has(key)) rowsDoubled.push(key);
    labels.set(key, value["label"] as number);
  }
  const happened = new Set<string>();
  const eventsDoubled: string[] = [];
  for await (const { key, value } of readTopic(backbone, serdes, events)) {
    if (happened.has(key)) eventsDoubled.push(key);
    if (value.attributes["group"] === groupOf(key)) happened.add(key);
  }
  const buried: string[] = [];
  for await (const { value } of readTopic(backbone, serdes, deadLetters)) {
    // The first tick of a process whose clock is wrong, before it has heard the log's time: refused, as it should be.
    if (value.topic === clock.name && value.code === "AHEAD_OF_TIME") continue;
    buried.push(`${value.code}: ${value.message}`);
  }
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
    eventless: ids.filter(([id, label]) => label !== null && !happened.has(id)).map(([id]) => id),
    eventsDoubled,
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
/** Which log it was made from, and how far its restore had come: each copy's own affair. */
const OWN: ReadonlySet<string> = new Set(["\u0001log", "\u0001restoring"]);

/** Every copy, also one that a task left behind when it moved, must be what a start from it would have to be: none may run ahead. */
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
      const table = await backbone.table?.({ topic: changelog, partition });
      const kept = await table?.range("", "\u{10ffff}");
      if (kept !== undefined) {
        const content = new Map(kept.map(([key, value]) => [key, Buffer.from(value).toString("base64")]));
        const difference = differenceOf(comparable(content), comparable(expected));
        if (difference !== undefined) differing.push(`${task} in the log: ${difference}`);
      }
      for (const [index, dir] of dirs.entries()) {
        const copy = await restoredCopy(backbone, join(dir, "state"), task, { topic: changelog, partition });
        const difference = differenceOf(comparable(copy), comparable(expected));
        if (difference !== undefined) differing.push(`${task} of process ${index}: ${difference}`);
      }
    }
  }
  return differing;
}

async function restoredCopy(
  backbone: Place["backbone"],
  dir: string,
  task: string,
  changelog: { readonly topic: string; readonly partition: number },
): Promise<ReadonlyMap<string, string>> {
  const engine = createLevelEngine(dir);
  let opened: StateDatabase | undefined;
  const kept: StateEngine = {
    open: async (name) => (opened = await engine.open(name)),
    destroy: (name) => engine.destroy(name),
  };
  const state = await restoreState(backbone, kept, task, changelog, () => undefined);
  try {
    const all = await opened!.range("", "\u{10ffff}");
    return new Map(all.map(([key, value]) => [key, Buffer.from(value).toString("base64")]));
  } finally {
    await state.close();
  }
}

/** Where a restore may begin is each copy's own affair; everything else must be equal. */
function comparable(content: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map(
    [...content].flatMap(([key, value]): [string, string][] => {
      if (OWN.has(key)) return [];
      if (key !== CHECKPOINT) return [[key, value]];
      const { changelogOffset: _, ...rest } = JSON.parse(Buffer.from(value, "base64").toString()) as Record<
        string,
        unknown
      >;
      return [[key, JSON.stringify(rest)]];
    }),
  );
}

function differenceOf(copy: ReadonlyMap<string, string>, expected: ReadonlyMap<string, string>): string | undefined {
  const keys = [...new Set([...copy.keys(), ...expected.keys()])].filter((key) => copy.get(key) !== expected.get(key));
  if (keys.length === 0) return undefined;
  const first = keys[0]!;
  const side = !copy.has(first) ? "missing" : !expected.has(first) ? "too many" : "another value";
  return `${keys.length} keys, first ${JSON.stringify(first)}: ${side}`;
}
