import { expect, test } from "vitest";
import { parseBlueprint } from "../../../blueprints/index.ts";
import { unservedText } from "../../../cli/text/blueprint-text.ts";
import type { ModelRecorded } from "../../../schemas/index.ts";
import type { GlobalView } from "../../../streams/index.ts";
import { SHOP } from "../../loop/history/shop.ts";

const blueprint = parseBlueprint(SHOP);

/** A table of models with the state that each entered first and last. */
function tableOf(...models: readonly (readonly [useCase: string, version: string, states: readonly string[]])[]) {
  const all = new Map(
    models.map(([useCase, blueprintVersion, states], index) => {
      const modelId = `m${index}`;
      const entered = states.map((state, time) => ({ state, time, reason: "" }));
      return [
        `${useCase}/${modelId}`,
        { useCase, modelId, blueprintVersion, states: entered } as unknown as ModelRecorded,
      ];
    }),
  );
  return {
    version: 1,
    get: (key: string) => all.get(key),
    values: () => all.values(),
  } as unknown as GlobalView<ModelRecorded>;
}

test("a version without a model, where another one has a model in production, is told what becomes of its decisions", () => {
  const told = unservedText(blueprint, tableOf(["shop", "former", ["trained", "production"]]));
  expect(told).toContain(
    `no model serves version ${blueprint.version} yet: it decides as without one (reason noModel)`,
  );
  expect(told).toContain("until one is trained on 10 rows");
  expect(told).toContain("--not-live");
});

test("nothing is told where a model serves it, where none served before, or where that was another use case's", () => {
  const own = blueprint.version;
  const former = ["shop", "former", ["trained", "production"]] as const;
  expect(unservedText(blueprint, tableOf(former, ["shop", own, ["trained", "production"]]))).toBeUndefined();
  expect(unservedText(blueprint, tableOf(["shop", "former", ["trained", "production", "withdrawn"]]))).toBeUndefined();
  expect(unservedText(blueprint, tableOf(["other", "former", ["trained", "production"]]))).toBeUndefined();
  expect(unservedText(blueprint, tableOf())).toBeUndefined();
});
