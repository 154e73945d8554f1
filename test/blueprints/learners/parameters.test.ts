import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import {
  checkModel,
  learnerKinds,
  numberParameter,
  parametersOf,
  parseBlueprint,
  type ModelConfig,
  registerLearnerKind,
  type LearnerKind,
} from "../../../blueprints/index.ts";
import { seedParameter } from "../../../blueprints/learners/index.ts";
import { mlp } from "../../../blueprints/learners/mlp.ts";
import { describeContent } from "../../../blueprints/compare/describe.ts";
import { xgboost } from "../../../blueprints/learners/xgboost.ts";
import { blueprintReference } from "../../../blueprints/sections/reference.ts";
import { SMALL } from "../fixtures.ts";

const model = parseBlueprint(SMALL).model as ModelConfig<"xgboost">;
const parameters = { ...parametersOf(xgboost), seed: seedParameter };

/** Whether a blueprint takes the value. */
function isRead(name: string, value: unknown): boolean {
  try {
    parseBlueprint(
      SMALL.replace(
        "  depth: 4",
        stringify({ [name]: value })
          .trimEnd()
          .replace(/^/gm, "  "),
      ),
    );
    return true;
  } catch {
    return false;
  }
}

/** Whether a fit takes the value. */
function isFitted(name: string, value: unknown): boolean {
  try {
    checkModel({ ...model, [name]: value });
    return true;
  } catch {
    return false;
  }
}

/** A number at each side of every bound, what is no number, and words. */
const values = Object.values(parameters).flatMap(({ said: [, , bounds] }) => {
  if (bounds === undefined) return [];
  const [low, high] = bounds.split(" to ").map(Number) as [number, number];
  return [low, high, low - 1, high + 1, low - 1e-9, low + 1e-9, high * (1 - 1e-9), high * (1 + 1e-9)];
});
const others = [
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -0,
  "4",
  "four",
  true,
  null,
  [4],
  { of: 4 },
  "none",
  "linear",
  "Linear",
];

test.each(Object.keys(parameters))("a blueprint takes the same values of %s that a fit takes", (name) => {
  const taken = [...values, ...others].map((value) => [isRead(name, value), isFitted(name, value)] as const);
  for (const [at, [read, fitted]] of taken.entries()) expect(read, String([...values, ...others][at])).toBe(fitted);
  expect(new Set(taken.map(([read]) => read)).size).toBe(2);
});

test.each(Object.entries(parameters))(
  "the reference says type, default and bounds of %s as they are declared",
  (name, parameter) => {
    const [type, unsaid, bounds] = parameter.said;
    const row = blueprintReference().find(({ path }) => path === `model.${name}`)!;
    const shared = learnerKinds.all().filter((kind) => Object.hasOwn(parametersOf(kind), name)).length > 1;
    const own = (text: string): string =>
      shared && text.includes(" for ") ? / ?([^;]*) for xgboost/.exec(text)![1]! : text;
    expect([own(row.type), own(row.unsaid), own(row.bounds)]).toEqual([type, unsaid, bounds ?? ""]);
    expect(unsaid).toBe(
      String((parseBlueprint(SMALL.replace("  depth: 4", "  rounds: 200")).model as object)[name as never]),
    );
  },
);

describe("a value that can't be taken", () => {
  test("is told in a blueprint and in a fit with the same bounds", () => {
    const text = SMALL.replace("  depth: 4", "  maxBins: 70000");
    const wanted = "a whole number from 2 to 65535";
    expect(() => parseBlueprint(text)).toThrow(`model.maxBins: expected ${wanted}, found 70000`);
    expect(() => checkModel({ ...model, maxBins: 70_000 })).toThrow(
      `model.maxBins is 70000; for learner xgboost it must be ${wanted}`,
    );
  });

  test("has its bounds told too where it is no number", () => {
    expect(() => parseBlueprint(SMALL.replace("  depth: 4", "  depth: deep"))).toThrow(
      'model.depth: expected a whole number from 1 to 16, found "deep"',
    );
  });
});

test("a number is refused by what it must be", () => {
  const share = numberParameter({ min: 0, max: 1 }, 0.5);
  expect([0, 0.3, 1].map((value) => share.refusal(value))).toEqual([undefined, undefined, undefined]);
  expect(share.refusal(1.1)).toBe("a number from 0 to 1");
  expect(share.refusal("0.5")).toBe("a number from 0 to 1");
});

describe("a list of whole numbers", () => {
  const text = (hidden: string): string => SMALL.replace("  depth: 4", `  learner: mlp\n  hidden: ${hidden}`);
  const wanted = "a list of 1 to 8 whole numbers from 1 to 4096";
  const network = { objective: "binary", learner: "mlp", seed: 0 } as const;
  const rest = Object.fromEntries(Object.entries(parametersOf(mlp)).map(([name, { fallback }]) => [name, fallback]));

  test.each([[[1]], [[4096, 1]], [[1, 2, 3, 4, 5, 6, 7, 8]]])("%j is taken by a blueprint and by a fit", (hidden) => {
    expect(parseBlueprint(text(stringify(hidden, { collectionStyle: "flow" }))).model as object).toMatchObject({
      hidden,
    });
    expect(() => checkModel({ ...network, ...rest, hidden } as unknown as ModelConfig)).not.toThrow();
  });

  test.each([
    ["[]", [], `model.hidden: expected ${wanted}, found 0`],
    ["[1, 2, 3, 4, 5, 6, 7, 8, 9]", [1, 2, 3, 4, 5, 6, 7, 8, 9], `model.hidden: expected ${wanted}, found 9`],
    ["[64, 0]", [64, 0], "expected a whole number from 1 to 4096, found 0"],
    ["[64, 1.5]", [64, 1.5], "expected a whole number from 1 to 4096, found 1.5"],
    ["[64, wide]", [64, "wide"], 'expected a whole number from 1 to 4096, found "wide"'],
    ["64", 64, `model.hidden: expected ${wanted}, found 64`],
  ])("%s is refused by a blueprint and by a fit", (written, hidden, message) => {
    expect(() => parseBlueprint(text(written))).toThrow(message);
    expect(() => checkModel({ ...network, ...rest, hidden } as unknown as ModelConfig)).toThrow(
      `for learner mlp it must be ${wanted}`,
    );
  });
});

test("every learner's defaults are among its own values", () => {
  for (const kind of learnerKinds.all()) {
    for (const [name, { fallback, refusal }] of Object.entries(parametersOf(kind))) {
      expect(refusal(fallback), `${kind.name}.${name}`).toBeUndefined();
    }
  }
});

test("a parameter that a learner gains later leaves existing versions their names while it has its default", () => {
  const kind = (parameters: object): LearnerKind =>
    ({ name: "growing", objectives: ["binary"], parameters }) as unknown as LearnerKind;
  const more = { ...numberParameter({ min: 0, max: 9 }, 3), later: true };
  const growing: { parameters: object } = kind({ depth: numberParameter({ min: 1, max: 9 }, 2) });
  registerLearnerKind(growing as LearnerKind);
  const of = (keys: string) => parseBlueprint(SMALL.replace("  depth: 4", `  learner: growing\n${keys}`)).version;
  const before = of("  depth: 2");
  growing.parameters = kind({ depth: numberParameter({ min: 1, max: 9 }, 2), more }).parameters;
  expect(of("  depth: 2")).toBe(before);
  expect(of("  more: 3")).toBe(before);
  expect(of("  more: 4")).not.toBe(before);
});

test("the reference tells what learners with a parameter of the same name take", () => {
  const depth = blueprintReference().find(({ path }) => path === "model.depth")!;
  expect([depth.type, depth.unsaid, depth.bounds]).toEqual([
    "whole number for xgboost; number for growing",
    "4 for xgboost; 2 for growing",
    "1 to 16 for xgboost; 1 to 9 for growing",
  ]);
});

describe("directions of features", () => {
  const written = (keys: string): string => SMALL.replace("  depth: 4", keys);

  test("are read by the names of numbers and booleans, in any order, and make another version", () => {
    const of = (keys: string) => parseBlueprint(written(`  depth: 4\n${keys}`));
    const { model: read, version } = of("  monotone: { distance: up, night: down, n_arr: up }");
    expect(read).toMatchObject({ monotone: { distance: "up", night: "down", n_arr: "up" } });
    expect(of("  monotone: { n_arr: up, night: down, distance: up }").version).toBe(version);
    expect(of("  monotone: { n_arr: down, night: down, distance: up }").version).not.toBe(version);
    expect(parseBlueprint(SMALL).version).not.toBe(version);
  });

  test("that are written as none leave a version its name, of a search too", () => {
    expect(parseBlueprint(written("  depth: 4\n  monotone: none")).version).toBe(parseBlueprint(SMALL).version);
    const search = parseBlueprint(written("  learner: auto"));
    expect(parseBlueprint(written("  learner: auto\n  monotone: none")).version).toBe(search.version);
    expect(search.version).toBe("e54cc7c1d04e");
  });

  test("are told one by one where versions are compared", () => {
    const paths = describeContent(parseBlueprint(written("  monotone: { distance: up, night: down }")));
    expect([paths.get("model.monotone.distance"), paths.get("model.monotone.night")]).toEqual(["up", "down"]);
    expect(describeContent(parseBlueprint(SMALL)).get("model.monotone")).toBe("none");
  });

  test("name no feature that could not be read as unknown", () => {
    const text = written("  monotone: { m_arr: up }").replace("{ mean: delay_min", "{ mean: delay_mon");
    expect(() => parseBlueprint(text)).toThrow(/^(?!.*there is no feature).*delay_mon/s);
  });
});
