import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { models, type TrainingRow } from "../../schemas/index.ts";
import { modelsAt, moveModel, readModels } from "../../catalogue/index.ts";
import { readArtifact } from "../../serving/index.ts";
import { createEmbeddedBackbone, readTable, type EmbeddedBackbone } from "../../streams/index.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import { compiled, HOUR, rows, START, TEXT } from "./parcel-rows.ts";
import { rowsTopic } from "../../rows/index.ts";
import { trainModel, trainingDue } from "../../trainer/index.ts";
import { trainingSeed } from "../../trainer/models/training-seed.ts";

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Awaited<ReturnType<typeof openTools>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-trainer-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "test" });
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

describe("the trainer", () => {
  test("says how many rows are missing, and counts only those complete by then", async () => {
    await publish(rows(0, 300, 1));
    const early = await trainModel(tools, { useCase: "parcels", until: at(99) });
    expect(early).toEqual({ kind: "tooFewRows", rows: 100, needed: 200, leftOut: [], treated: [] });
    expect(await readModels(tools)).toEqual([]);
  });

  test("publishes a first model that beats a constant, with its evidence and provenance, and its file reads back", async () => {
    await publish(rows(0, 400, 1));
    const result = await trainModel(tools, { useCase: "parcels", until: at(399) });
    expect(result).toMatchObject({ kind: "trained", promoted: true });
    const [model] = await readModels(tools);
    expect(model!.states.map(({ state }) => state)).toEqual(["trained", "production"]);
    expect(model!.provenance).toMatchObject({
      rows: 320,
      holdout: 80,
      seed: trainingSeed(compiled.blueprint, at(399) - HOUR),
      until: at(399),
      refitted: true,
      trainedUntil: at(399) - HOUR,
    });
    expect(model!.provenance.ranges.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(400);
    expect(model!.metrics["logLoss"]).toBeLessThan(0.6);
    const file = await readArtifact(backbone, tools.serdes, model!.artifact);
    expect(Buffer.from(file)).toEqual(Buffer.from((result as { onnx: Uint8Array }).onnx));
  });

  test("refuses what is no better than a constant, and keeps the reason", async () => {
    await publish(rows(0, 400, 0));
    const result = await trainModel(tools, { useCase: "parcels", until: at(399) });
    expect(result).toMatchObject({ kind: "trained", promoted: false });
    const [model] = await readModels(tools);
    expect(model!.states).toHaveLength(1);
    expect(model!.states[0]!.reason).toMatch(
      /refused: not better than a constant: logLoss 0\.\d+, a constant 0\.\d+, on the newest 80 rows/,
    );
  });

  test("replaces the model in production only by a better one, from the moment of the training on", async () => {
    await publish(rows(0, 400, 1));
    await trainModel(tools, { useCase: "parcels", until: at(399) });
    await publish(rows(400, 400, 0));
    await trainModel(tools, { useCase: "parcels", until: at(600) });
    await publish(rows(800, 2_000, -1));
    await trainModel(tools, { useCase: "parcels", until: at(2_799) });
    const [first, , third] = await readModels(tools);
    const table = await readTable(backbone, tools.serdes, models);
    const live = (time: number): string | undefined =>
      modelsAt(table, "parcels", compiled.blueprint.version, time).production?.modelId;
    expect(live(at(399))).toBeUndefined();
    expect(live(at(399) + 1)).toBe(first!.modelId);
    expect(third!.states.at(-1)!.state).toBe("production");
    expect(live(at(2_799))).not.toBe(third!.modelId);
    expect(live(at(2_799) + 1)).toBe(third!.modelId);
    expect([...table.values()].filter(({ states }) => states.at(-1)!.state === "production")).toHaveLength(1);
  });

  test("a model is valid after its training's time, or where decisions go on meanwhile after its publishing", async () => {
    await publish(rows(0, 400, 1));
    await trainModel(tools, { useCase: "parcels", until: at(399), publishedAt: () => at(405) });
    const [model] = await readModels(tools);
    expect(model!.provenance.until).toBe(at(399));
    expect(model!.states.map(({ state, time }) => [state, time])).toEqual([
      ["trained", at(405)],
      ["production", at(405)],
    ]);
  });

  test("gives the same bytes for the same rows and seed, however often and in whatever order they were written", async () => {
    const all = rows(0, 400, 1);
    await publish(all.toReversed());
    const first = await trainModel(tools, { useCase: "parcels", until: at(399) });
    await publish(all);
    const again = await trainModel(tools, { useCase: "parcels", until: at(399) });
    expect(again).toMatchObject({ model: { modelId: (first as { model: { modelId: string } }).model.modelId } });
    expect(await readModels(tools)).toHaveLength(1);
  });

  test("the newest row of a decision is the one that is learnt", async () => {
    const all = rows(0, 400, 1);
    await publish(all);
    const flipped = all.map((row) => ({
      ...row,
      label: 1 - (row["label"] as number),
      maturity: "corrected",
      rowTime: (row["rowTime"] as number) + 1,
    }));
    await publish(flipped);
    await trainModel(tools, { useCase: "parcels", until: at(399) });
    await trainModel(tools, { useCase: "parcels", until: at(400) });
    const [before, after] = await readModels(tools);
    expect(before!.provenance.rows + before!.provenance.holdout).toBe(400);
    expect(after!.modelId).not.toBe(before!.modelId);
  });

  test("a training is due for the first rows, for fresh rows and by its schedule, and not before", async () => {
    const due = (minutes: number): Promise<string | undefined> => trainingDue(tools, "parcels", at(minutes));
    await publish(rows(0, 199, 1));
    expect(await due(200)).toBeUndefined();
    await publish(rows(199, 1, 1));
    expect(await due(200)).toBe("first 200 rows");
    await trainModel(tools, { useCase: "parcels", until: at(200) });
    expect(await due(200)).toBeUndefined();
    await publish(rows(200, 39, 1));
    expect(await due(178)).toBeUndefined();
    expect(await due(201)).toBeUndefined();
    await publish(rows(239, 1, 1));
    expect(await due(201)).toBe("40 fresh rows on 200");
    await trainModel(tools, { useCase: "parcels", until: at(240) });
    await publish(rows(240, 1, 1));
    const fourOClock = (START + 28 * HOUR - HOUR - START) / 60_000;
    expect(await due(fourOClock - 1)).toBeUndefined();
    expect(await due(fourOClock)).toBe("schedule 0 4 * * *");
  });

  test("without a schedule and fresh rows no training is due, the first one neither", async () => {
    const quiet = TEXT.replace("parcels", "quiet").replace(
      /schedule: .* freshRows: 20%/,
      "schedule: none, freshRows: none",
    );
    const version = compileBlueprint(quiet).blueprint.version;
    await publishBlueprint(tools, quiet);
    const all = rows(0, 300, 1).map((row): TrainingRow => ({ ...row, blueprintVersion: version }));
    const topic = rowsTopic(compileBlueprint(quiet));
    await tools.publisher.publish(
      all.map((value) => ({ topic, key: value["decisionId"] as string, value, time: value["rowTime"] as number })),
    );
    expect(await trainingDue(tools, "quiet", at(400))).toBeUndefined();
    expect(await trainModel(tools, { useCase: "quiet", until: at(400) })).toMatchObject({ kind: "trained" });
    expect(await trainingDue(tools, "quiet", at(4_000))).toBeUndefined();
  });

  test("a model is put in and taken out by hand at once, and one is in production at most", async () => {
    await publish(rows(0, 400, 1));
    await trainModel(tools, { useCase: "parcels", until: at(399) });
    await publish(rows(400, 200, 0));
    await trainModel(tools, { useCase: "parcels", until: at(599) });
    const [first, second] = await readModels(tools);
    await moveModel(tools, second!.modelId, "production", at(700), "a trial");
    const states = async (): Promise<string[]> => (await readModels(tools)).map(({ states: all }) => all.at(-1)!.state);
    expect(await states()).toEqual(["retired", "production"]);
    await moveModel(tools, second!.modelId, "withdrawn", at(701), "it failed");
    const table = await readTable(backbone, tools.serdes, models);
    expect(modelsAt(table, "parcels", compiled.blueprint.version, at(702)).production).toBeUndefined();
    expect(modelsAt(table, "parcels", compiled.blueprint.version, at(701)).production?.modelId).toBe(second!.modelId);
    expect(modelsAt(table, "parcels", compiled.blueprint.version, at(500)).production?.modelId).toBe(first!.modelId);
    await expect(moveModel(tools, "nobody", "withdrawn", at(1), "")).rejects.toThrow("there is no model nobody");
  });

  test("an unknown use case or version is named, with those that are known", async () => {
    await expect(trainModel(tools, { useCase: "parcel", until: at(1) })).rejects.toThrow(
      'unknown use case "parcel": known are parcels',
    );
    await expect(trainModel(tools, { useCase: "parcels", until: at(1), blueprintVersion: "x" })).rejects.toThrow(
      "no blueprint version x",
    );
  });
});
