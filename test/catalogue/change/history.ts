import { createHash } from "node:crypto";
import { blueprintTable, modelsAt, modelTable, validBlueprints } from "../../../catalogue/index.ts";
import { blueprints, models } from "../../../schemas/index.ts";
import type { Tools } from "../../../loop/index.ts";
import { readTable, readTopic, type Topic } from "../../../streams/index.ts";

/** One change as it was asked for; `time` tells it from all others. */
export interface Asked {
  readonly kind: "publish" | "withdrawVersion" | "promote" | "withdrawModel";
  /** Of the record that it changes. */
  readonly key: string;
  readonly time: number;
}

export const nameOf = ({ kind, key, time }: Asked): string => `${time} ${kind} ${key}`;

/** What one reader finds in the catalogue. */
export interface Found {
  /** The changes of each record, in the order in which the record lists them; by table and key. */
  readonly changes: readonly string[];
  /** Of the whole: every record in the order of the log, and what holds at every time. */
  readonly sha256: string;
  /** Records that lack something which an earlier record of their key has. */
  readonly shrunk: readonly string[];
}

interface Listed<V> {
  readonly key: string;
  readonly value: V;
}

/** @param times at which it is asked what holds */
export async function findAll({ backbone, serdes }: Tools, since: number, times: readonly number[]): Promise<Found> {
  const hash = createHash("sha256");
  const shrunk: string[] = [];
  const changes: string[] = [];
  const read = async <V>(topic: Topic<V>, list: (record: Listed<V>) => readonly string[]): Promise<void> => {
    const newest = new Map<string, readonly string[]>();
    for await (const { key, value, origin } of readTopic(backbone, serdes, topic)) {
      const listed = list({ key, value });
      const before = newest.get(key) ?? [];
      if (before.some((change) => !listed.includes(change))) shrunk.push(`${topic.name}/${origin.offset}`);
      newest.set(key, listed);
      hash.update(JSON.stringify([topic.name, key, value]));
    }
    for (const listed of newest.values()) changes.push(...listed);
  };
  await read(blueprints, ({ key, value: { activations } }) =>
    activations.map(({ time, live }) => nameOf({ kind: live ? "publish" : "withdrawVersion", key, time })),
  );
  await read(models, ({ key, value: { states } }) =>
    states
      .filter(({ state, time }) => time >= since && (state === "production" || state === "withdrawn"))
      .map(({ state, time }) => nameOf({ kind: state === "production" ? "promote" : "withdrawModel", key, time })),
  );
  const valid = validBlueprints(await readTable(backbone, serdes, blueprintTable));
  const table = await readTable(backbone, serdes, modelTable);
  for (const time of times) {
    for (const useCase of valid.useCases()) {
      const live = valid.at(useCase, time)?.blueprint.version;
      hash.update(JSON.stringify([time, useCase, live, modelsAt(table, useCase, "v1", time).production?.modelId]));
    }
  }
  return { changes: changes.sort(), sha256: hash.digest("hex"), shrunk };
}
