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
    const kinds = ["trained", "production", "retired", "withdrawn"] as const;
    const models = ["a", "b", "c", "d"].map((id) => {
      const times = Array.from({ length: Math.floor(next() * 5) }, () => Math.floor(next() * 12)).sort((a, b) => a - b);
      return modelOf(
        id,
        times.map((time) => [kinds[Math.floor(next() * kinds.length)]!, time] as const),
      );
    });
    for (let time = 0; time <= 13; time++) {
      expect(inProduction(shuffled(models, next), time)).toBe(inProduction(models, time));
    }
  }
});

test("the table answers by what it holds now", () => {
  const table = modelTableOf([modelOf("a", [["production", 10]])]);
  expect(modelsAt(table, "parcels", "v1", 50).production?.modelId).toBe("a");
  table.put(modelOf("b", [["production", 20]]));
  expect(modelsAt(table, "parcels", "v1", 50).production?.modelId).toBe("b");
});
