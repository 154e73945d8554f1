import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import type { ModelRecorded } from "../../schemas/index.ts";
import { readOnnxGraph, readOnnxMetadata, ScorerCache, writeArtifact } from "../../serving/index.ts";
import { createEmbeddedBackbone } from "../../streams/index.ts";
import { trainModel } from "../../trainer/index.ts";
import { rewriteModel } from "../../trainer/onnx/rewrite-model.ts";
import { compiled, HOUR, rows, START, TEXT } from "../trainer/parcel-rows.ts";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Bytes outside of the heap that nobody refers to are gone. */
async function outside(): Promise<number> {
  for (let again = 0; again < 3; again++) {
    await turn();
    collect();
  }
  return process.memoryUsage().external;
}

const COUNT = 64;

test("the memory of models that were not used for five minutes is let go, and they decide again with the same bits", async () => {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-unused-"));
  const backbone = await createEmbeddedBackbone({ dir });
  const tools = await openTools({ backbone, registry: backbone.registry, partitions: 1, codeVersion: "1.0.0" });
  await publishBlueprint(tools, TEXT);
  await tools.publisher.publish(
    rows(0, 400, 1).map((value) => ({
      ...{ topic: rowsTopic(compiled), value, key: value["decisionId"] as string, time: value["rowTime"] as number },
    })),
  );
  const result = await trainModel(tools, { useCase: "parcels", until: START + 399 * 60_000 + HOUR });
  if (result.kind !== "trained") throw new Error("too few rows");
  const { model, onnx } = result;
  const outputs = readOnnxGraph(onnx).outputs.map((name) => ({ tensor: name, name }));
  const models: ModelRecorded[] = [];
  for (let at = 0; at < COUNT; at++) {
    const file = rewriteModel(onnx, outputs, { ...readOnnxMetadata(onnx), at: String(at) });
    models.push({ ...model, artifact: await writeArtifact(backbone, tools.publisher, file, 0, {}) });
  }

  let now = 0;
  const cache = new ScorerCache(backbone, tools.serdes, { now: () => now });
  const bits = async (at: number): Promise<readonly number[]> => {
    const scorer = await cache.get(models[at]!);
    const features = Float32Array.from({ length: 100 * scorer.columns }, (_, i) => 10 * Math.sin(i));
    return (await scorer.score(features, 100)).flatMap((output) => [...new Int32Array(output.buffer)]);
  };
  const before = await outside();
  const first: (readonly number[])[] = [];
  for (let at = 0; at < COUNT; at++) first.push(await bits(at));
  const bytes = (await cache.get(models[0]!)).bytes;
  const loaded = await outside();
  // Each has a memory of whole pages for its trees.
  expect(loaded - before).toBeGreaterThan(0.7 * COUNT * bytes);

  now = 4 * 60_000;
  const busy = await cache.get(models[COUNT - 1]!);
  now = 6 * 60_000;
  cache.letIdleGo();
  const left = await outside();
  expect(left - before).toBeLessThan(0.1 * (loaded - before));
  expect(await cache.get(models[COUNT - 1]!)).toBe(busy);

  for (let at = 0; at < COUNT; at++) expect(await bits(at)).toEqual(first[at]);
  expect(new Set(first[0]).size).toBeGreaterThan(1);
  await cache.close();
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
});
