import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { blueprints, models, type ModelRecorded, type TrainingRow } from "../../schemas/index.ts";
import { createEmbeddedBackbone, readTable, type Backbone, type EmbeddedBackbone } from "../../streams/index.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import {
  fitModel,
  readProvenance,
  rebuildModel,
  trainModel,
  type Fit,
  type TrainingTools,
  type TrainRequest,
} from "../../trainer/index.ts";
import { moveModel, readModels } from "../../catalogue/index.ts";
import { loadScorer } from "../../serving/index.ts";
import { trainingSeed } from "../../trainer/models/training-seed.ts";
import { bound } from "../streams/bound-backbone.ts";
import { compiled, HOUR, rows, START, TEXT } from "./parcel-rows.ts";

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Awaited<ReturnType<typeof openTools>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-rebuild-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "1.0.0" });
  await publishBlueprint(tools, TEXT);
});
afterEach(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
});

async function publish(all: readonly TrainingRow[]): Promise<void> {
  await tools.publisher.publish(
    all.map((value) => ({
      topic: rowsTopic(compiled),
      key: value["decisionId"] as string,
      value,
      time: value["rowTime"] as number,
    })),
  );
}

const at = (minutes: number): number => START + minutes * 60_000 + HOUR;

/** Fits on the calling thread, over another backbone or by another fit or of another version where that is given. */
function trainer(other: Partial<Pick<TrainingTools, "backbone" | "fit" | "codeVersion">> = {}): TrainingTools {
  return {
    ...tools,
    fit: fitModel,
    tables: async () => ({
      blueprints: await readTable(backbone, tools.serdes, blueprints),
      models: await readTable(backbone, tools.serdes, models),
    }),
    ...other,
  };
}

async function train(using: TrainingTools, request: Partial<TrainRequest> = {}): Promise<ModelRecorded> {
  const result = await trainModel(using, { useCase: "parcels", until: at(399), ...request });
  if (result.kind !== "trained") throw new Error(`too few rows: ${result.rows}`);
  return result.model;
}

const corrected = (all: readonly TrainingRow[]): TrainingRow[] =>
  all.map((row) => ({ ...row, label: 1 - (row["label"] as number), maturity: "corrected" }));

test.each([undefined, 0])("a model comes out again with the same sha256, holdout %s", async (holdout) => {
  await publish(rows(0, 400, 1));
  const model = await train(trainer(), holdout === undefined ? {} : { holdout });
  const { onnx, ...told } = await rebuildModel(trainer(), model);
  expect(told).toEqual({
    modelId: model.modelId,
    useCase: "parcels",
    expected: model.artifact.sha256,
    actual: model.artifact.sha256,
    equal: true,
    header: "equal",
    rows: 400,
    imported: false,
    codeVersion: { then: "1.0.0", now: "1.0.0" },
    problem: null,
  });
  expect(onnx).toHaveLength(model.artifact.bytes);
  expect(await readModels(tools)).toHaveLength(1);
});

test("rows and corrections that came after the training, with times before it, change nothing", async () => {
  const all = rows(0, 400, 1);
  await publish(all);
  const model = await train(trainer());
  await publish([...corrected(all), ...rows(400, 100, -1).map((row) => ({ ...row, rowTime: at(10) }))]);
  expect(await rebuildModel(trainer(), model)).toMatchObject({ equal: true, problem: null });
});

test("rows that are written while a training reads are not in it, and not in its ranges", async () => {
  await publish(rows(0, 400, 1));
  let wrote = false;
  const busy: Backbone = {
    ...bound(backbone),
    async reader(positions) {
      if (!wrote && positions.some(({ topic }) => topic === rowsTopic(compiled).name)) {
        wrote = true;
        await publish(rows(400, 200, -1).map((row) => ({ ...row, rowTime: at(1) })));
      }
      return backbone.reader(positions);
    },
  };
  const model = await train(trainer({ backbone: busy }));
  expect(wrote).toBe(true);
  expect(model.provenance.rows + model.provenance.holdout).toBe(400);
  expect(model.provenance.ranges.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(400);
  expect(await rebuildModel(trainer(), model)).toMatchObject({ equal: true });
});

test("rows of a version that was not published then do not count, though it is one to train on now", async () => {
  const later = TEXT.replace("late > 0.5", "late > 0.4");
  const { version } = parseBlueprint(later);
  await publish(rows(0, 400, 1));
  await publish(rows(400, 100, -1).map((row) => ({ ...row, blueprintVersion: version, rowTime: at(1) })));
  const model = await train(trainer());
  expect(model.provenance).toMatchObject({ rows: 320, versions: [compiled.blueprint.version] });
  await publishBlueprint(tools, later, at(500));
  expect(await rebuildModel(trainer(), model)).toMatchObject({ equal: true });
  const next = await train(trainer(), { until: at(501) });
  expect(next.provenance.versions).toEqual([compiled.blueprint.version, version].sort());
  expect(next.provenance.rows).toBe(400);
  expect(await rebuildModel(trainer(), next)).toMatchObject({ equal: true });
});

test("what is gone from the topic is named by its offsets", async () => {
  await publish(rows(0, 400, 1));
  const model = await train(trainer());
  const cut: Backbone = {
    ...bound(backbone),
    offsets: async (topics) =>
      (await backbone.offsets(topics)).map((found) =>
        found.topic === rowsTopic(compiled).name && found.partition === 1 ? { ...found, start: 40 } : found,
      ),
  };
  const rebuilt = await rebuildModel(trainer({ backbone: cut }), model);
  expect(rebuilt).toMatchObject({ equal: false, actual: null, onnx: null });
  expect(rebuilt.problem).toContain("offsets of training-rows.parcels");
  expect(rebuilt.problem).toContain("(partition: offsets): 1: 0–39;");
});

test("another file than the published one is told, with the code versions where they differ", async () => {
  await publish(rows(0, 400, 1));
  const model = await train(trainer());
  const forged = { ...model, artifact: { ...model.artifact, sha256: "0".repeat(64) } };
  const same = await rebuildModel(trainer(), forged);
  expect(same).toMatchObject({ equal: false, actual: model.artifact.sha256, header: "absent" });
  expect(same.problem).toContain("the same code made another file");
  const { problem } = await rebuildModel(trainer({ codeVersion: "2.0.0" }), forged);
  expect(problem).toBe(
    "it was trained by loopstream 1.0.0, this is 2.0.0, which may learn otherwise: rebuild it with 1.0.0",
  );
});

test("the published file's header says topic ranges, blueprint version, code version and seed", async () => {
  await publish(rows(0, 400, 1));
  const model = await train(trainer());
  const { ranges } = model.provenance;
  expect(ranges).toHaveLength(3);
  expect(await readProvenance(backbone, model.artifact)).toMatchObject({
    useCase: "parcels",
    blueprintVersion: compiled.blueprint.version,
    rowsTopic: "training-rows.parcels",
    ranges: ranges.map((range) => ({ ...range })),
    codeVersion: "1.0.0",
    seed: trainingSeed(compiled.blueprint, at(399) - HOUR),
    until: at(399),
  });
});

test("a model is made again by the seed of its record, as those of before, which had the blueprint's own", async () => {
  await publish(rows(0, 400, 1));
  const model = await train(trainer());
  const other = { ...model, provenance: { ...model.provenance, seed: 0 } };
  const { onnx, equal } = await rebuildModel(trainer(), other);
  expect([equal, (await loadScorer(onnx!)).metadata["seed"]]).toEqual([false, "0"]);
  expect(await rebuildModel(trainer(), model)).toMatchObject({ equal: true, header: "equal" });
});

test("a model that is taken out by hand while the next one is being trained stays taken out, in its record too", async () => {
  await publish(rows(0, 400, 1));
  const first = await train(trainer());
  await publish(rows(400, 2_000, -1));
  let moved = false;
  const slow: Fit = async (...args) => {
    // Two fits run side by side.
    const isFirst = !moved;
    moved = true;
    if (isFirst) await moveModel(tools, first.modelId, "withdrawn", at(3_000), "it failed");
    return fitModel(...args);
  };
  const second = await train(trainer({ fit: slow }), { until: at(2_399) });
  expect(second.states.at(-1)!.state).toBe("production");
  const [record] = await readModels(tools);
  expect(record!.states.map(({ state }) => state)).toEqual(["trained", "production", "retired", "withdrawn"]);
});

test.each([
  ["withdrawn", "a model is judged against a constant when the one in production is taken out meanwhile", "production"],
  ["production", "a model does not come in when another came into production meanwhile", "trained"],
] as const)("%s: %s", async (state, _claim, expected) => {
  await publish(rows(0, 400, 1));
  const first = await train(trainer());
  await publish(rows(400, 100, 0));
  const other = await train(trainer(), { until: at(499), holdout: 0 });
  await publish(rows(500, 2_000, -1));
  const overtaken: Fit = async (...args) => {
    const moved = state === "withdrawn" ? first : other;
    await moveModel(tools, moved.modelId, state, at(2_000), "by hand");
    return fitModel(...args);
  };
  const { states } = await train(trainer({ fit: overtaken }), { until: at(2_499) });
  expect(states.at(-1)!.state).toBe(expected);
  expect(states.at(-1)!.reason).toContain(
    state === "withdrawn" ? "better than a constant" : `refused: ${other.modelId} came into production meanwhile`,
  );
});
