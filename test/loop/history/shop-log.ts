import { createHash } from "node:crypto";
import { join } from "node:path";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { rowsTopic } from "../../../rows/index.ts";
import { importHistory, type ImportResult } from "../../../loop/history/import-history.ts";
import type { ImportOptions } from "../../../loop/history/import-options.ts";
import { events, observations, type TrainingRow } from "../../../schemas/index.ts";
import {
  createEmbeddedBackbone,
  defineTopic,
  readTopic,
  type Backbone,
  type SchemaRegistry,
} from "../../../streams/index.ts";
import { publishBlueprint, startLoop, type Loop, type LoopOptions, type Tools } from "../../../loop/index.ts";
import { SHOP } from "./shop.ts";
import { fileTables } from "../../../cli/files/index.ts";
import type { HistoryFiles } from "../../../loop/history/history-table.ts";

export const compiled = compileBlueprint(SHOP);

export const loopOptions = (backbone: Backbone, registry: SchemaRegistry, stateDir: string): LoopOptions => ({
  ...{ id: "shop", backbone, registry, stateDir, partitions: 2, salt: "s", codeVersion: "test" },
  ...{ delivery: "exactlyOnce", commitIntervalMs: 0, maxTaskIdleMs: Number.POSITIVE_INFINITY },
});

/** The blueprint is published once. */
export async function openLoop(options: LoopOptions): Promise<Loop> {
  const loop = await startLoop(options);
  await publishBlueprint(loop, SHOP);
  await loop.application.idle();
  return loop;
}

export const quiet = { strict: false, sort: false, dryRun: false, say: () => undefined, onProgress: () => undefined };

/** @param into the loop, whose operators then keep pace, unless `more` says there is none. */
export async function importInto(
  into: Loop | Tools,
  files: HistoryFiles,
  more: Partial<ImportOptions> = {},
): Promise<ImportResult> {
  const { blueprint } = compiled;
  return importHistory({
    id: "shop",
    tools: into,
    loop: into as Loop,
    blueprint,
    tables: fileTables(files),
    ...quiet,
    ...more,
  });
}

export interface ShopState {
  /** The newest row of each decision, as text in the order of decisions. */
  readonly rows: readonly string[];
  readonly sha256: string;
  readonly observations: number;
  readonly events: number;
}

/** The newest row of each decision. */
export async function rowsOn(
  { backbone, serdes }: Pick<Loop, "backbone" | "serdes">,
  name: string,
): Promise<readonly string[]> {
  const newest = new Map<string, string>();
  const topic = defineTopic<TrainingRow>({ name, schema: rowsTopic(compiled).schema });
  for await (const { key, value } of readTopic(backbone, serdes, topic)) newest.set(key, JSON.stringify(value));
  return [...newest.values()].sort();
}

export async function stateOf(tools: Pick<Loop, "backbone" | "serdes">): Promise<ShopState> {
  const { backbone, serdes } = tools;
  const rows = await rowsOn(tools, "training-rows.shop");
  const count = async (topic: typeof events | typeof observations): Promise<number> => {
    let found = 0;
    for await (const _ of readTopic(backbone, serdes, topic as typeof events)) found += 1;
    return found;
  };
  const sha256 = createHash("sha256").update(rows.join("\n")).digest("hex");
  return { rows, sha256, observations: await count(observations), events: await count(events) };
}

/** A new embedded log in the folder, with the loop running. */
export async function embeddedLoop(dir: string): Promise<{
  readonly loop: Loop;
  readonly registry: SchemaRegistry;
  close(): Promise<void>;
}> {
  const backbone = await createEmbeddedBackbone({ dir });
  const loop = await openLoop(loopOptions(backbone, backbone.registry, join(dir, "state")));
  return {
    loop,
    registry: backbone.registry,
    async close() {
      await loop.close();
      await backbone.close();
    },
  };
}
