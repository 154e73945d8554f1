import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  changeTable,
  ladderSteps,
  modelTable,
  moveModel,
  publishTrained,
  readModels,
  takeStep,
} from "../../../catalogue/index.ts";
import type { LadderConfig } from "../../../blueprints/index.ts";
import { openTools, type Tools } from "../../../loop/index.ts";
import type { ModelRecorded, ModelState } from "../../../schemas/index.ts";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../../streams/index.ts";
import { modelOf } from "./model-of.ts";

const ladder: LadderConfig = {
  ...{ shadow: 500, canary: [0.1, 0.5], decisions: 100, watch: null, giveUpAfterMs: 1e9, latencyMs: 5, guardrails: {} },
};
let dir: string;
let backbone: EmbeddedBackbone;
let tools: Tools;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-steps-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 1, codeVersion: "test" });
});
afterEach(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true });
});

const put = (...records: readonly ModelRecorded[]): Promise<void> =>
  changeTable(tools, modelTable, () => ({
    write: records.map((value) => ({ key: `parcels/${value.modelId}`, value, time: 1 })),
    result: undefined,
  }));
const publish = (modelId: string, time: number, to = ladder as LadderConfig | null, promote = true) => {
  const { states: _, ...model } = modelOf(modelId, []);
  return publishTrained(tools, model, { judge: () => ({ promote, reason: "good" }), ladder: to, time });
};
const statesOf = ({ states }: ModelRecorded): readonly unknown[] =>
  states.map(({ state, time, share, ladder: climbs }) => [state, time, share, climbs]);
const stored = async (id: string): Promise<ModelRecorded> =>
  (await readModels(tools)).find(({ modelId }) => modelId === id)!;

test("the steps are those that the blueprint names, and production", () => {
  expect(ladderSteps(ladder)).toEqual(["shadow", { canary: 0.1 }, { canary: 0.5 }, "production"]);
  expect(ladderSteps({ ...ladder, shadow: null })).toEqual([{ canary: 0.1 }, { canary: 0.5 }, "production"]);
  expect(ladderSteps({ ...ladder, canary: [] })).toEqual(["shadow", "production"]);
  expect(ladderSteps({ ...ladder, shadow: null, canary: [] })).toEqual(["production"]);
  expect(ladderSteps(null)).toEqual(["production"]);
});

describe("a model that passed the gate", () => {
  test("is in production at once where nothing serves, or without a ladder", async () => {
    expect(statesOf(await publish("first", 10))).toEqual([
      ["trained", 10, null, false],
      ["production", 10, null, false],
    ]);
    await publish("second", 20, null);
    expect(statesOf(await stored("second")).at(-1)).toEqual(["production", 20, null, false]);
    expect((await stored("first")).states.at(-1)).toMatchObject({ state: "retired", reason: "replaced by second" });
  });

  test("begins at the first step, and the one in production stays", async () => {
    await put(modelOf("old", [["production", 1]]));
    expect(statesOf(await publish("new", 10))).toEqual([
      ["trained", 10, null, false],
      ["shadow", 10, null, true],
    ]);
    expect((await stored("old")).states).toHaveLength(1);
  });

  test("begins as a canary where shadow is left out, unless another one is", async () => {
    await put(modelOf("old", [["production", 1]]), modelOf("hand", [["canary", 2, 0.3]]));
    const alone = await publish("new", 10, { ...ladder, shadow: null });
    expect(alone.states.map(({ reason }) => reason)).toEqual([
      "on 1 rows; good; not on the ladder: hand is the canary",
    ]);
    await moveModel(tools, "hand", "withdrawn", 20);
    expect(statesOf(await publish("newer", 30, { ...ladder, shadow: null })).at(-1)).toEqual(["canary", 30, 0.1, true]);
  });
});

describe("a step", () => {
  const at = (id: string): Promise<ModelState> => stored(id).then(({ states }) => states.at(-1)!);
  const step = async (from: ModelState, to: Parameters<typeof takeStep>[1]["to"], time: number, rival = "old") =>
    takeStep(tools, { model: await stored("new"), from, rival, to, reason: "due" }, () => time);
  beforeEach(async () => {
    await put(modelOf("old", [["production", 1]]));
    await publish("new", 10);
  });

  test("is taken once, with its reason, and the last one retires the model before", async () => {
    const shadow = await at("new");
    const both = await Promise.all([step(shadow, { canary: 0.1 }, 20), step(shadow, { canary: 0.1 }, 21)]);
    expect(both.filter((each) => each === undefined)).toHaveLength(1);
    await step(await at("new"), "production", 30);
    expect(statesOf(await stored("new")).slice(1)).toEqual([
      ["shadow", 10, null, true],
      ["canary", expect.any(Number), 0.1, true],
      ["production", 30, null, true],
    ]);
    expect(await at("old")).toMatchObject({ state: "retired", time: 30, ladder: false });
  });

  test("is not taken where somebody moved the model, or another one into production, since it was judged", async () => {
    const shadow = await at("new");
    await moveModel(tools, "new", "shadow", 15, "I look myself");
    expect(await step(shadow, { canary: 0.1 }, 20)).toBeUndefined();
    expect(await step({ ...shadow, time: 15 }, { canary: 0.1 }, 20)).toBeUndefined();
    await put(modelOf("other", [["production", 16]]));
    expect(await step(await at("new"), { canary: 0.1 }, 20)).toBeUndefined();
    expect(statesOf(await stored("new")).at(-1)).toEqual(["shadow", 15, null, false]);
  });

  test("is not taken beside the canary of a person", async () => {
    await put(modelOf("hand", [["canary", 12, 0.3]]));
    expect(await step(await at("new"), { canary: 0.1 }, 20)).toBeUndefined();
    expect(await step(await at("new"), "withdrawn", 20)).toHaveLength(1);
  });

  test("has a time after the state that it leaves", async () => {
    const [moved] = (await step(await at("new"), { canary: 0.1 }, 5))!;
    expect(moved!.states.at(-1)).toMatchObject({ state: "canary", time: 11 });
  });
});
