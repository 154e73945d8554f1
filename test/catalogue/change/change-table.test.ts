import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { changeTable, modelTable, type Change } from "../../../catalogue/index.ts";
import { openTools, type Tools } from "../../../loop/index.ts";
import { models, type ModelRecorded } from "../../../schemas/index.ts";
import {
  createEmbeddedBackbone,
  prefixed,
  readTable,
  readTopic,
  StreamsError,
  type Backbone,
  type EmbeddedBackbone,
  type GlobalView,
  type TopicTools,
} from "../../../streams/index.ts";
import { modelOf } from "../models/model-of.ts";

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Tools;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-change-"));
  backbone = await createEmbeddedBackbone({ dir });
  const { registry } = backbone;
  tools = await openTools({ backbone, registry, partitions: 1, codeVersion: "test" });
});
afterEach(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true });
});

/** Tools over a backbone object of their own, as another process has. */
const others = (): TopicTools => ({ ...tools, backbone: prefixed(backbone, "") });

/** Adds one state with this reason to the model `m`, and says how many it found. */
function adding(reason: string, time: number): (table: GlobalView<ModelRecorded>) => Change<ModelRecorded, number> {
  return (table) => {
    const model = table.get("parcels/m") ?? modelOf("m", []);
    const value = {
      ...model,
      states: [
        ...model.states,
        { state: "trained" as const, time, reason, share: null, by: "unit" as const, ladder: false },
      ],
    };
    return { write: [{ key: "parcels/m", value, time }], result: model.states.length };
  };
}

async function reasons(): Promise<readonly string[]> {
  const table = await readTable(backbone, tools.serdes, models);
  return table.get("parcels/m")!.states.map(({ reason }) => reason);
}

async function records(): Promise<number> {
  let count = 0;
  for await (const _ of readTopic(backbone, tools.serdes, models)) count++;
  return count;
}

test("changes over one backbone follow each other, each over what the one before wrote", async () => {
  const done = await Promise.all(
    ["a", "b", "c"].map((reason, at) => changeTable(tools, modelTable, adding(reason, at))),
  );
  expect(done).toEqual([0, 1, 2]);
  expect(await reasons()).toEqual(["a", "b", "c"]);
});

test("a change that another process comes before is asked again over the newer table, and nothing is lost", async () => {
  let asked = 0;
  const found = await changeTable(tools, modelTable, async (table) => {
    if (asked++ < 2) await changeTable(others(), modelTable, adding(`other ${asked}`, asked));
    return adding("own", 9)(table);
  });
  expect([asked, found]).toEqual([3, 2]);
  expect(await reasons()).toEqual(["other 1", "other 2", "own"]);
  expect(await records()).toBe(3);
});

test("a change that was refused stores nothing, and the next one goes on", async () => {
  const refused = changeTable(tools, modelTable, () => {
    throw new Error("not now");
  });
  await expect(refused).rejects.toThrow("not now");
  await changeTable(tools, modelTable, adding("a", 1));
  expect(await reasons()).toEqual(["a"]);
});

test("a change that writes nothing leaves no record", async () => {
  expect(await changeTable(tools, modelTable, () => ({ write: [], result: "as it is" }))).toBe("as it is");
  expect(await records()).toBe(0);
});

/** The backbone, where commits that were stored fail with these errors, one after the other. */
function forgetful(errors: StreamsError[]): Backbone {
  const bare = prefixed(backbone, "");
  return {
    ...bare,
    async producer(options) {
      const producer = await bare.producer(options);
      return {
        ...producer,
        async begin() {
          const transaction = await producer.begin();
          return {
            ...transaction,
            async commit() {
              await transaction.commit();
              const error = errors.shift();
              if (error !== undefined) throw error;
            },
          };
        },
      };
    },
  };
}

test.each(["FENCED", "BACKBONE_UNAVAILABLE"] as const)(
  "a change whose commit was stored and answered with %s is found and not made twice",
  async (code) => {
    const forgetting = { ...tools, backbone: forgetful([new StreamsError(code, "the answer was lost")]) };
    expect(await changeTable(forgetting, modelTable, adding("once", 1))).toBe(0);
    expect(await reasons()).toEqual(["once"]);
    expect(await records()).toBe(1);
  },
);

test("a change whose stored commit looked failed is found behind the changes of others too", async () => {
  const errors = [new StreamsError("FENCED", "the answer was lost")];
  const bare = forgetful(errors);
  let isLost = false;
  const forgetting = {
    ...tools,
    backbone: {
      ...bare,
      async producer(options?: Parameters<Backbone["producer"]>[0]) {
        // The second attempt: another process has changed the model since.
        if (errors.length === 0 && !isLost) {
          isLost = true;
          await changeTable(others(), modelTable, adding("other", 2));
        }
        return bare.producer(options);
      },
    },
  };
  expect(await changeTable(forgetting, modelTable, adding("own", 1))).toBe(0);
  expect(await reasons()).toEqual(["own", "other"]);
});

test("a backbone that fails before anything was written is no reason to try again", async () => {
  let asked = 0;
  const failing = changeTable(tools, modelTable, () => {
    asked++;
    throw new StreamsError("BACKBONE_UNAVAILABLE", "it is away");
  });
  await expect(failing).rejects.toMatchObject({ code: "BACKBONE_UNAVAILABLE" });
  expect(asked).toBe(1);
});
