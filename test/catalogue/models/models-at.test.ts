import { expect, test } from "vitest";
import { modelsAt } from "../../../catalogue/index.ts";
import type { ModelRecorded, ModelState } from "../../../schemas/index.ts";
import { random, shuffled } from "../../blueprints/random.ts";
import { modelTableOf } from "../table-of.ts";
import { modelOf } from "./model-of.ts";

const inProduction = (models: readonly ModelRecorded[], time: number, version = "v1"): string | undefined =>
  modelsAt(modelTableOf(models), "parcels", version, time).production?.modelId;

test("a model serves strictly after it entered production, until another one does or it is taken out", () => {
  const models = [
    modelOf("a", [
      ["trained", 5],
      ["production", 10],
      ["retired", 20],
    ]),
    modelOf("b", [
      ["trained", 15],
      ["production", 20],
      ["withdrawn", 30],
    ]),
  ];
  const serving = [5, 10, 11, 20, 21, 30, 31].map((time) => inProduction(models, time));
  expect(serving).toEqual([undefined, undefined, "a", "a", "b", "b", undefined]);
});

test("a model serves its own use case and blueprint version only", () => {
  const models = [modelOf("a", [["production", 10]]), modelOf("b", [["production", 10]], { useCase: "letters" })];
  expect(inProduction(models, 11)).toBe("a");
  expect(inProduction(models, 11, "v2")).toBeUndefined();
  expect(modelsAt(modelTableOf(models), "letters", "v1", 11).production?.modelId).toBe("b");
  expect(modelsAt(modelTableOf([]), "parcels", "v1", 11).production).toBeUndefined();
});

test("a model that replaces another one at the moment that one came serves, whatever their ids", () => {
  for (const [first, second] of [
    ["a", "b"],
    ["b", "a"],
  ] as const) {
    const models = [
      modelOf(first, [
        ["production", 10],
        ["retired", 10],
      ]),
      modelOf(second, [["production", 10]]),
    ];
    expect(inProduction(models, 11)).toBe(second);
  }
});

test("a model that is promoted and withdrawn at the same moment is out, and the other way round it serves", () => {
  expect(
    inProduction(
      [
        modelOf("a", [
          ["production", 10],
          ["withdrawn", 10],
        ]),
      ],
      11,
    ),
  ).toBeUndefined();
  expect(
    inProduction(
      [
        modelOf("a", [
          ["production", 5],
          ["withdrawn", 10],
          ["production", 10],
        ]),
      ],
      11,
    ),
  ).toBe("a");
});

test("between a new model's record and the retirement of the old one the newest in production counts", () => {
  const models = [modelOf("old", [["production", 10]]), modelOf("new", [["production", 20]])];
  expect(inProduction(models, 21)).toBe("new");
  expect(
    inProduction(
      [
        modelOf("old", [
          ["production", 10],
          ["retired", 20],
        ]),
        models[1]!,
      ],
      21,
    ),
  ).toBe("new");
});

test("a canary with its share and shadows are at work beside the model in production, each in one place only", () => {
  const models = [
    modelOf("a", [
      ["production", 10],
      ["retired", 50],
    ]),
    modelOf("b", [
      ["shadow", 20],
      ["canary", 30, 0.05],
      ["canary", 40, 0.1],
      ["production", 50],
    ]),
    modelOf("c", [
      ["shadow", 20],
      ["withdrawn", 45],
    ]),
  ];
  const at = (time: number) => {
    const { production, canary, shadows, since } = modelsAt(modelTableOf(models), "parcels", "v1", time);
    const tried = canary && [canary.model.modelId, canary.share];
    return [production?.modelId, tried, shadows.map(({ modelId }) => modelId), since];
  };
  expect(at(10)).toEqual([undefined, undefined, [], Number.NEGATIVE_INFINITY]);
  expect(at(20)).toEqual(["a", undefined, [], 10]);
  expect(at(21)).toEqual(["a", undefined, ["b", "c"], 20]);
  expect(at(31)).toEqual(["a", ["b", 0.05], ["c"], 30]);
  expect(at(41)).toEqual(["a", ["b", 0.1], ["c"], 40]);
  expect(at(46)).toEqual(["a", ["b", 0.1], [], 45]);
  expect(at(51)).toEqual(["b", undefined, [], 50]);
});

test("a canary that is withdrawn leaves the model in production where it is, and the other way round", () => {
  const canary = modelOf("b", [
    ["canary", 20, 0.5],
    ["withdrawn", 30],
  ]);
  const production = modelOf("a", [
    ["production", 10],
    ["withdrawn", 25],
  ]);
  const at = (time: number) => {
    const found = modelsAt(modelTableOf([canary, production]), "parcels", "v1", time);
    return [found.production?.modelId, found.canary?.model.modelId];
  };
  expect([21, 26, 31].map(at)).toEqual([
    ["a", "b"],
    [undefined, "b"],
    [undefined, undefined],
  ]);
});

test("a state that a newer release wrote changes nothing for this one", () => {
  const newer = "resting" as ModelState["state"];
  const models = [
    modelOf("a", [
      ["production", 10],
      [newer, 20],
    ]),
    modelOf("b", [[newer, 15]]),
  ];
  expect([11, 16, 21].map((time) => inProduction(models, time))).toEqual(["a", "a", "a"]);
});

test("the order of the records makes no difference", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const next = random(seed);
    const kinds = ["trained", "shadow", "canary", "production", "retired", "withdrawn"] as const;
    const models = ["a", "b", "c", "d"].map((id) => {
      const times = Array.from({ length: Math.floor(next() * 5) }, () => Math.floor(next() * 12)).sort((a, b) => a - b);
      return modelOf(
        id,
        times.map((time) => [kinds[Math.floor(next() * kinds.length)]!, time, 0.25] as const),
      );
    });
    for (let time = 0; time <= 13; time++) {
      const at = (some: readonly ModelRecorded[]) => modelsAt(modelTableOf(some), "parcels", "v1", time);
      expect(at(shuffled(models, next))).toEqual(at(models));
    }
  }
});

test("the table answers by what it holds now", () => {
  const table = modelTableOf([modelOf("a", [["production", 10]])]);
  expect(modelsAt(table, "parcels", "v1", 50).production?.modelId).toBe("a");
  table.put(modelOf("b", [["production", 20]]));
  expect(modelsAt(table, "parcels", "v1", 50).production?.modelId).toBe("b");
});
