import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { LadderConfig } from "../../../blueprints/index.ts";
import {
  changeTable,
  modelsAt,
  modelTable,
  moveModel,
  publishTrained,
  rollBack,
  takeStep,
  watchedModel,
  type WatchedModel,
} from "../../../catalogue/index.ts";
import { openTools, type Tools } from "../../../loop/index.ts";
import type { ModelRecorded } from "../../../schemas/index.ts";
import { createEmbeddedBackbone, readTable, type EmbeddedBackbone, type GlobalView } from "../../../streams/index.ts";
import { modelOf } from "./model-of.ts";

const ladder: LadderConfig = {
  ...{ shadow: 500, canary: [], decisions: 100, watch: 300, giveUpAfterMs: 1e9, latencyMs: 5, guardrails: {} },
};
let dir: string;
let backbone: EmbeddedBackbone;
let tools: Tools;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-rollback-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 1, codeVersion: "test" });
  await put(modelOf("old", [["production", 1]]));
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
const table = (): Promise<GlobalView<ModelRecorded>> => readTable(backbone, tools.serdes, modelTable);
const publish = (modelId: string, time: number, to: LadderConfig) => {
  const { states: _, ...model } = modelOf(modelId, []);
  return publishTrained(tools, model, { judge: () => ({ promote: true, reason: "good" }), ladder: to, time });
};
/** The model `new` by the ladder into production at 30. */
async function climbed(): Promise<void> {
  const model = await publish("new", 10, ladder);
  const step = { model, from: model.states.at(-1)!, rival: "old", to: "production", reason: "due" } as const;
  expect(await takeStep(tools, step, () => 30)).toHaveLength(2);
}
const watchedAt = async (time: number): Promise<WatchedModel | undefined> =>
  watchedModel(await table(), modelOf("new", []), time);
const statesOf = async (id: string): Promise<readonly unknown[]> =>
  (await table()).get(`parcels/${id}`)!.states.map(({ state, time, ladder: by }) => [state, time, by]);
const serving = async (time: number): Promise<string | undefined> =>
  modelsAt(await table(), "parcels", modelOf("new", []).blueprintVersion, time).production?.modelId;

test("a model that the ladder brought into production is watched beside the one that it replaced", async () => {
  expect(await watchedAt(5)).toBeUndefined();
  await climbed();
  expect(await watchedAt(30)).toBeUndefined();
  const watched = await watchedAt(31);
  expect([watched?.model.modelId, watched?.former.modelId, watched?.state.time]).toEqual(["new", "old", 30]);
});

test("without steps too, if the blueprint asks for a watch; a version's first model has nobody beside it", async () => {
  await publish("next", 10, { ...ladder, shadow: null });
  expect((await watchedAt(11))?.former.modelId).toBe("old");
  await publish("unwatched", 20, { ...ladder, shadow: null, watch: null });
  expect(await watchedAt(21)).toBeUndefined();
});

test("one is withdrawn and the other one serves again, once, from the same moment on", async () => {
  await climbed();
  const judged = (await watchedAt(40))!;
  const both = await Promise.all([1, 2].map(() => rollBack(tools, judged, "worse", () => 50)));
  expect(both.filter((each) => each === undefined)).toHaveLength(1);
  expect((await statesOf("new")).at(-1)).toEqual(["withdrawn", 50, true]);
  expect(await statesOf("old")).toEqual([
    ["production", 1, false],
    ["retired", 30, false],
    ["production", 50, true],
  ]);
  expect((await table()).get("parcels/old")!.states.at(-1)!.reason).toBe("in the place of new, which was rolled back");
  expect([await serving(30), await serving(31), await serving(50), await serving(51)]).toEqual([
    ...["old", "new", "new", "old"],
  ]);
  // Nobody is watched beside a model that was withdrawn.
  expect(await watchedAt(60)).toBeUndefined();
});

test("who enters production again is no longer watched", async () => {
  await climbed();
  const { model, state } = (await watchedAt(40))!;
  await takeStep(tools, { model, from: state, rival: "new", to: "production", reason: "no worse" }, () => 50);
  expect(await watchedAt(60)).toBeUndefined();
  expect([await serving(51), (await statesOf("new")).at(-1)]).toEqual(["new", ["production", 50, true]]);
});

test.each([
  ["puts it where it is", () => moveModel(tools, "new", "production", 40)],
  ["takes it out", () => moveModel(tools, "new", "withdrawn", 40)],
  ["withdraws the former one", () => moveModel(tools, "old", "withdrawn", 40)],
  ["puts the former one back", () => moveModel(tools, "old", "production", 40)],
])("a person who %s ends the watch", async (_, move) => {
  await climbed();
  const judged = (await watchedAt(35))!;
  await move();
  const before = [await statesOf("new"), await statesOf("old")];
  expect(await watchedAt(41)).toBeUndefined();
  expect(await rollBack(tools, judged, "worse", () => 50)).toBeUndefined();
  expect([await statesOf("new"), await statesOf("old")]).toEqual(before);
});
