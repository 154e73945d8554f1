import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import avro from "avsc";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  changeTable,
  modelMoves,
  modelsAt,
  modelTable,
  moveModel,
  readModels,
  type ModelMove,
} from "../../../catalogue/index.ts";
import { openTools, type Tools } from "../../../loop/index.ts";
import { models, modelStateNames, type ModelRecorded, type ModelStateName } from "../../../schemas/index.ts";
import { createEmbeddedBackbone, readTable, type EmbeddedBackbone } from "../../../streams/index.ts";
import { modelTableOf } from "../table-of.ts";
import { modelOf } from "./model-of.ts";

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Tools;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-move-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 1, codeVersion: "test" });
});
afterEach(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true });
});

const publish = (...records: readonly ModelRecorded[]): Promise<void> =>
  changeTable(tools, modelTable, () => ({
    write: records.map((value) => ({ key: `parcels/${value.modelId}`, value, time: 1 })),
    result: undefined,
  }));
const move = (id: string, to: ModelMove, time: number) => moveModel(tools, id, to, time, "for the test");
async function atWork(time: number): Promise<readonly unknown[]> {
  const table = await readTable(backbone, tools.serdes, modelTable);
  const { production, canary, shadows } = modelsAt(table, "parcels", "v1", time);
  return [production?.modelId, canary?.model.modelId, canary?.share, shadows.map(({ modelId }) => modelId)];
}

describe("a move by hand", () => {
  test("to production of a model that another one has taken the place of since brings it back", async () => {
    await publish(modelOf("early", [["production", 5]]), modelOf("late", [["production", 10]]));
    expect((await atWork(20))[0]).toBe("late");
    await moveModel(tools, "early", "production", 30);
    expect((await atWork(40))[0]).toBe("early");
    const [again] = await moveModel(tools, "early", "production", 50);
    expect(again!.states.map(({ time }) => time)).toEqual([5, 30]);
  });

  test("to the state that the model has, with no reason, keeps its former reason; with one, or another share, it is recorded", async () => {
    await publish(modelOf("a", [["production", 1]]), modelOf("b", [["trained", 1]]));
    const reasons = async (id: string): Promise<readonly string[]> =>
      (await readModels(tools)).find(({ modelId }) => modelId === id)!.states.map(({ reason }) => reason);
    await moveModel(tools, "a", "withdrawn", 10, "too many warnings");
    const [again] = await moveModel(tools, "a", "withdrawn", 20);
    expect(again!.states.at(-1)).toMatchObject({ state: "withdrawn", time: 10, reason: "too many warnings" });
    expect((await reasons("a")).slice(1)).toEqual(["too many warnings"]);
    await moveModel(tools, "a", "withdrawn", 30, "and too late");
    expect((await reasons("a")).slice(1)).toEqual(["too many warnings", "and too late"]);
    await moveModel(tools, "b", { canary: 0.05 }, 10, "a trial");
    await moveModel(tools, "b", { canary: 0.05 }, 20);
    expect((await reasons("b")).slice(1)).toEqual(["a trial"]);
    await moveModel(tools, "b", { canary: 0.1 }, 30);
    expect((await reasons("b")).slice(1)).toEqual(["a trial", "by hand"]);
  });

  test("makes a canary by decision, of a former release, one by unit from then on, and its states before stay", async () => {
    await publish(modelOf("a", [["production", 1]]), modelOf("b", [["canary", 2, 0.05, "decision"]]));
    await moveModel(tools, "b", { canary: 0.05 }, 10);
    await moveModel(tools, "b", { canary: 0.05 }, 20);
    const table = await readTable(backbone, tools.serdes, modelTable);
    const at = (time: number) => {
      const { share, by } = modelsAt(table, "parcels", "v1", time).canary!;
      return [share, by];
    };
    expect([3, 10, 11, 21].map(at)).toEqual([
      [0.05, "decision"],
      [0.05, "decision"],
      [0.05, "unit"],
      [0.05, "unit"],
    ]);
    expect((await readModels(tools)).find(({ modelId }) => modelId === "b")!.states.length).toBe(2);
  });

  test("leads a model from shadow by a canary's shares to production, and retires those it replaces", async () => {
    await publish(
      modelOf("a", [["production", 1]]),
      modelOf("b", [["trained", 1]]),
      modelOf("c", [["canary", 1, 0.5]]),
    );
    await move("b", "shadow", 10);
    expect(await atWork(11)).toEqual(["a", "c", 0.5, ["b"]]);
    await move("b", { canary: 0.05 }, 20);
    expect(await atWork(21)).toEqual(["a", "b", 0.05, []]);
    await move("b", { canary: 0.5 }, 30);
    expect(await atWork(31)).toEqual(["a", "b", 0.5, []]);
    await move("b", "production", 40);
    expect(await atWork(41)).toEqual(["b", undefined, undefined, []]);
    const states = new Map((await readModels(tools)).map((model) => [model.modelId, model.states.at(-1)]));
    expect(states.get("a")).toMatchObject({ state: "retired", reason: "replaced by b", share: null });
    expect(states.get("c")).toMatchObject({ state: "retired", reason: "replaced by b", share: null });
  });

  test("undoes a promotion: the model that was replaced comes back, and the other one is retired", async () => {
    await publish(modelOf("a", [["production", 1]]), modelOf("b", [["trained", 1]]));
    await move("b", "production", 10);
    await move("a", "production", 20);
    expect(await atWork(21)).toEqual(["a", undefined, undefined, []]);
    expect((await readModels(tools)).find(({ modelId }) => modelId === "b")!.states.at(-1)!.state).toBe("retired");
  });

  test("is refused where the table of moves has none, with those there are, and nothing is stored", async () => {
    await publish(modelOf("a", [["production", 1]]));
    await expect(move("a", { canary: 0.1 }, 10)).rejects.toMatchObject({
      code: "ILLEGAL_MOVE",
      message: expect.stringMatching(
        /^model a of use case "parcels" is production and can't become canary: from there it can become production, retired, withdrawn$/,
      ),
    });
    expect(await atWork(11)).toEqual(["a", undefined, undefined, []]);
  });

  test.each([0, 1, -0.1, 1.5, Number.NaN])("is refused to a canary with the share %d", async (share) => {
    await publish(modelOf("a", [["trained", 1]]));
    await expect(move("a", { canary: share }, 10)).rejects.toMatchObject({ code: "ILLEGAL_MOVE" });
    expect((await readModels(tools))[0]!.states.length).toBe(1);
  });

  test("takes a model out of a state of a newer release, and makes nothing else of it", async () => {
    await publish(modelOf("a", [["resting" as ModelStateName, 1]]));
    await expect(move("a", "production", 10)).rejects.toThrow("is resting and can't become production");
    await move("a", "withdrawn", 11);
    expect((await readModels(tools))[0]!.states.at(-1)!.state).toBe("withdrawn");
  });
});

test("every state has its moves, and each may be promoted and withdrawn by hand", () => {
  expect(Object.keys(modelMoves).sort()).toEqual([...modelStateNames].sort());
  for (const [state, moves] of Object.entries(modelMoves)) {
    expect(moves, state).toEqual(expect.arrayContaining(["production", "withdrawn"]));
    expect(moves, state).not.toContain("trained");
  }
});

test.each([["share", "by"], ["by"]])(
  "a model's record of a release that left out %s is read, and that release reads one of now",
  (...absent: string[]) => {
    const now = models.type;
    const former = avro.Type.forSchema(
      JSON.parse(JSON.stringify(models.schema), (_, value: unknown) =>
        Array.isArray(value) ? value.filter((field: { name?: string }) => !absent.includes(field?.name ?? "")) : value,
      ) as avro.Schema,
    );
    const bare = (model: ModelRecorded): unknown =>
      JSON.parse(JSON.stringify(model, (key, value: unknown) => (absent.includes(key) ? undefined : value)));
    /** Of that time: shares, if there were any, were of decisions. */
    const asRead = (model: ModelRecorded): ModelRecorded => ({
      ...model,
      states: model.states.map((state) => ({ ...state, by: "decision" })),
    });
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    const old = modelOf("a", [
      ["trained", 1],
      ["production", 2],
    ]);
    expect(plain(now.fromBuffer(former.toBuffer(bare(old)), now.createResolver(former)))).toEqual(plain(asRead(old)));
    if (!absent.includes("share")) {
      const tried = modelOf("c", [["canary", 2, 0.1, "decision"]]);
      const read = now.fromBuffer(former.toBuffer(bare(tried)), now.createResolver(former)) as ModelRecorded;
      expect(modelsAt(modelTableOf([read]), "parcels", "v1", 3).canary).toMatchObject({ share: 0.1, by: "decision" });
    }
    const canary = modelOf("b", [["canary", 2, 0.1]]);
    expect(plain(former.fromBuffer(now.toBuffer(canary), former.createResolver(now)))).toEqual(bare(canary));
    expect(modelsAt(modelTableOf([old]), "parcels", "v1", 3).production?.modelId).toBe("a");
  },
);
