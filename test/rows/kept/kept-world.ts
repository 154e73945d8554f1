import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { mkdtemp, readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import type { CompiledBlueprint } from "../../../blueprints/index.ts";
import { validBlueprints } from "../../../catalogue/index.ts";
import { openTools, publishBlueprint } from "../../../loop/index.ts";
import { readRows, rowsTopic, type KeptPlace, type RowsRead } from "../../../rows/index.ts";
import type { TrainingRow } from "../../../schemas/index.ts";
import { prefixed, type Backbone, type SchemaRegistry } from "../../../streams/index.ts";
import { fitModel, trainModel, type TrainResult } from "../../../trainer/index.ts";
import { CHUNK, figuresOf, PARTITIONS } from "./figures.ts";

/** A log that a suite runs on. */
export interface Ground {
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  readonly prefix?: string | undefined;
  /** Deletes records of a topic before about this offset of each partition. */
  trim(topic: string, offset: number): Promise<void>;
  /** Deletes a topic, and makes another one of its name. */
  makeAnew(topic: string): Promise<void>;
  close(): Promise<void>;
}

/** The backbone, whose readers count the records that they have read. */
function counted(backbone: Backbone): { readonly backbone: Backbone; readonly readOf: (topic: string) => number } {
  const counts = new Map<string, number>();
  return {
    readOf: (topic) => counts.get(topic) ?? 0,
    backbone: {
      ...prefixed(backbone, ""),
      async reader(positions, options) {
        const reader = await backbone.reader(positions, options);
        return {
          async poll(maxWaitMs, maxRecords) {
            const fetches = await reader.poll(maxWaitMs, maxRecords);
            for (const { topic, records } of fetches) counts.set(topic, (counts.get(topic) ?? 0) + records.length);
            return fetches;
          },
          pause: (partitions) => reader.pause(partitions),
          resume: (partitions) => reader.resume(partitions),
          seek: (position) => reader.seek(position),
          close: () => reader.close(),
        };
      },
    },
  };
}

const modelOf = (result: TrainResult): unknown =>
  result.kind === "trained"
    ? { sha256: createHash("sha256").update(result.onnx).digest("hex"), treated: result.treated, left: result.leftOut }
    : result;

export interface Read {
  /** Records that the reading with kept rows had from the topic. */
  readonly fromTopic: number;
  readonly read: RowsRead;
}

/** A loop's tools and a folder for kept rows. */
export async function keptWorld(ground: Ground) {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-kept-"));
  const folder = join(dir, "rows");
  const { backbone, readOf } = counted(ground.backbone);
  const tools = await openTools({
    ...{ backbone, registry: ground.registry, subjectPrefix: ground.prefix },
    ...{ partitions: PARTITIONS, codeVersion: "test" },
  });
  const place = { folder, mostBytes: 1 << 30, codeVersion: "test", chunkRecords: CHUNK };
  const topicOf = (compiled: CompiledBlueprint): string => rowsTopic(compiled).name;
  const read = async (compiled: CompiledBlueprint, until: number, keep?: KeptPlace): Promise<RowsRead> => {
    const known = validBlueprints((await tools.tables()).blueprints);
    const most = compiled.blueprint.training.maxRows;
    return readRows(backbone, tools.serdes, compiled, known, until, { packed: true, most, keep });
  };
  return {
    ...{ ground, tools, backbone, dir, folder, place, read, readOf },
    publishVersion: (text: string) => publishBlueprint(tools, text),
    async publish(compiled: CompiledBlueprint, rows: readonly TrainingRow[]): Promise<void> {
      const records = rows.map((value) => ({
        ...{ topic: rowsTopic(compiled), key: value["decisionId"] as string, value },
        time: value["rowTime"] as number,
      }));
      for (let from = 0; from < records.length; from += 5_000) {
        await tools.publisher.publish(records.slice(from, from + 5_000));
      }
    },
    /** Reads and trains from the topic alone and with kept rows: rows, counts and the model's sha256 are the same. */
    async same(compiled: CompiledBlueprint, until: number, keep: KeptPlace = place): Promise<Read> {
      const expected = await read(compiled, until);
      const before = readOf(topicOf(compiled));
      const found = await read(compiled, until, keep);
      const fromTopic = readOf(topicOf(compiled)) - before;
      expect(figuresOf(compiled, found)).toEqual(figuresOf(compiled, expected));
      const { useCase, version: blueprintVersion } = compiled.blueprint;
      const request = { useCase, until, blueprintVersion };
      const alone = await trainModel({ ...tools, fit: fitModel, keptRows: undefined }, request);
      const kept = await trainModel({ ...tools, fit: fitModel, keptRows: keep }, request);
      expect(modelOf(kept)).toEqual(modelOf(alone));
      return { fromTopic, read: found };
    },
    /** Paths of the files of chunks. */
    async files(): Promise<readonly string[]> {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort();
    },
    async bytes(): Promise<number> {
      const sizes = await Promise.all((await this.files()).map(async (path) => (await stat(path)).size));
      return sizes.reduce((sum, size) => sum + size, 0);
    },
    async close(): Promise<void> {
      await tools.close();
      await ground.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export type KeptWorld = Awaited<ReturnType<typeof keptWorld>>;
