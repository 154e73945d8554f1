import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { blueprintTable, readModels, validBlueprints } from "../../catalogue/index.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import { readRows, rowOf, rowsTopic } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import { createEmbeddedBackbone, readTable, type EmbeddedBackbone } from "../../streams/index.ts";
import { fitModel, rebuildModel, scoreRows, trainModel, type TrainResult } from "../../trainer/index.ts";
import { fitRows } from "../../trainer/fit/fit-rows.ts";
import { splitRows } from "../../trainer/split-rows.ts";
import { random, shuffled } from "../blueprints/random.ts";
import { compiled, HOUR, joinedOf, option, ranking, START, TEXT } from "../rows/option-rows.ts";

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Awaited<ReturnType<typeof openTools>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-options-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "1.0.0" });
  await publishBlueprint(tools, TEXT);
});
afterEach(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
});

/** A fifth of their rows ends within a decision. */
const DECISIONS = 151;
/** Young options are clicked. Each has a row as it matures, and one in four is corrected to the contrary later. */
function rows(): readonly TrainingRow[] {
  const next = random(11);
  return Array.from({ length: DECISIONS }, (_, n) => {
    const ages = [next() * 10, next() * 10, next() * 10];
    const options = ages.map((age, at) => option(`o${Math.floor(age * 3)}${at}`, at + 1, age));
    const made = ranking(`d${n}`, START + n * 60_000, options);
    return ages.flatMap((age, at) => {
      const label = age < 5 ? 1 : 0;
      const first = rowOf(joinedOf(made, at, { label: 1 - label }), compiled);
      const rowTime = made.decisionTime + 2 * HOUR;
      return [first, rowOf(joinedOf(made, at, { label, rowTime, maturity: "corrected" }), compiled)];
    });
  }).flat();
}

test("a model learns from each option's newest row, is judged by whole decisions, and is made again bit for bit", async () => {
  const topic = rowsTopic(compiled);
  await tools.publisher.publish(
    shuffled(rows(), random(2)).map((value) => ({
      ...{ topic, key: value["decisionId"] as string, value, time: value["rowTime"] as number },
    })),
  );
  const until = START + DECISIONS * 60_000 + 3 * HOUR;
  const result = (await trainModel(tools, { useCase: "articles", until })) as TrainResult & { kind: "trained" };
  expect(result).toMatchObject({ kind: "trained", promoted: true });
  const [model] = await readModels(tools);
  const { provenance, metrics } = model!;
  expect([provenance.rows, provenance.holdout]).toEqual([360, 93]);
  expect(provenance.refitted).toBe(true);
  expect(provenance.trainedUntil).toBe(START + (DECISIONS - 1) * 60_000);
  expect(metrics["auc"]).toBeGreaterThan(0.95);
  const known = validBlueprints(await readTable(backbone, tools.serdes, blueprintTable));
  const { rows: all } = await readRows(backbone, tools.serdes, compiled, known, until);
  const split = splitRows(compiled, all, 0.2);
  const judged = await fitRows(fitModel, { compiled, split, until });
  const score = await scoreRows(tools, compiled, known, judged.onnx, START + 120 * 60_000, until);
  expect(score).toEqual({ rows: 93, metrics });
  expect(await rebuildModel(tools, model!)).toMatchObject({
    ...{ equal: true, problem: null },
  });
});
