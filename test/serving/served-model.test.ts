import { describe, expect, test } from "vitest";
import { compileBlueprint, featureLayout, type FeatureVector } from "../../blueprints/index.ts";
import { labelOutputs, loadScorer, servedModel, type Scorer } from "../../serving/index.ts";
import { encodeModel, onnxFromTrees, type GraphNode } from "../../trainer/onnx/index.ts";
import { SMALL } from "../blueprints/fixtures.ts";

const compiled = compileBlueprint(SMALL);
const { blueprint, layout } = compiled;
const features = layout.map(({ name }) => name);
const categories = JSON.stringify({ carrier: ["AA", "DL", "UA"] });

/** Each output is a sum of the features, weighed. */
const linear = (name: string, coefficients: readonly number[]): GraphNode => ({
  operator: "LinearRegressor",
  domain: "ai.onnx.ml",
  inputs: ["features"],
  outputs: [name],
  attributes: { coefficients: { kind: "floats", value: coefficients }, intercepts: { kind: "floats", value: [0] } },
});

function file(outputs: Readonly<Record<string, readonly number[]>>, metadata: Readonly<Record<string, string>> = {}) {
  return encodeModel({
    name: "linear",
    input: { name: "features", columns: Object.values(outputs)[0]!.length },
    outputs: Object.keys(outputs).map((name) => ({ name, columns: 1 })),
    nodes: Object.entries(outputs).map(([name, coefficients]) => linear(name, coefficients)),
    metadata: { categories, ...metadata },
  });
}

async function using<T>(onnx: Uint8Array, work: (scorer: Scorer) => T): Promise<Awaited<T>> {
  const scorer = await loadScorer(onnx);
  try {
    return await work(scorer);
  } finally {
    await scorer.release();
  }
}

const vector: FeatureVector = [5, "UA", 1, 0.5, 7];
const one = async (scorer: Scorer, of = layout, row: FeatureVector = vector): Promise<number[]> =>
  (await servedModel(scorer, of).predict(1, () => row)).map((output) => output[0]!);

describe("a served model", () => {
  test("gives what each of its outputs predicts, by name, in the order of the file", async () => {
    await using(file({ late: [1, 0, 0, 0, 0], cost: [0, 0, 0, 0, 2] }), async (scorer) => {
      expect(servedModel(scorer, layout).outputs).toEqual(["late", "cost"]);
      expect(await one(scorer)).toEqual([5, 14]);
    });
  });

  test("is encoded by the layout it is asked for, and each pair of model and layout is made once", async () => {
    const turned = featureLayout({ features: [...blueprint.features].reverse() });
    await using(file({ late: [1, 10, 0, 0, 1000] }, { features: JSON.stringify(features) }), async (scorer) => {
      const expected = [5 + 20 + 7000];
      expect(await one(scorer)).toEqual(expected);
      expect(await one(scorer, turned, [...vector].reverse())).toEqual(expected);
      expect(await one(scorer)).toEqual(expected);
      expect(servedModel(scorer, layout)).toBe(servedModel(scorer, layout));
      expect(servedModel(scorer, turned)).not.toBe(servedModel(scorer, layout));
    });
  });

  test("takes of a wider layout the features that its file names", async () => {
    await using(file({ late: [1, 1] }, { features: JSON.stringify(["n_arr", "distance"]) }), async (scorer) => {
      expect(await one(scorer)).toEqual([12]);
    });
  });

  test("is refused where it takes a feature that the layout lacks, or another number of them", async () => {
    await using(file({ late: [1] }, { features: '["speed"]' }), (scorer) => {
      expect(() => servedModel(scorer, layout)).toThrow(
        'it takes a feature "speed", which the blueprint does not have',
      );
    });
    await using(file({ late: [1, 1] }), (scorer) => {
      expect(() => servedModel(scorer, layout)).toThrow("it takes 2 features, the blueprint has 5");
    });
  });

  test("gives the same bits in parts as row by row", async () => {
    await using(file({ late: [0.1, 1, 1, 0.3, 0.7] }), async (scorer) => {
      const rows = Array.from({ length: 601 }, (_, row): FeatureVector => [row / 7, "DL", 1, row / 3, -row]);
      const [whole] = await servedModel(scorer, layout).predict(rows.length, (row) => rows[row]!);
      for (const row of [0, 249, 250, 251, 499, 500, 600])
        expect(await one(scorer, layout, rows[row])).toEqual([whole![row]]);
    });
  });
});

describe("a blueprint's label", () => {
  const { name } = blueprint.label;

  test("is the output of its name, whatever stands beside it", async () => {
    await using(file({ other: [0, 0, 0, 0, 0], [name]: [1, 0, 0, 0, 0] }), (scorer) => {
      expect(labelOutputs(servedModel(scorer, layout), blueprint)).toEqual([{ label: name, output: 1 }]);
    });
  });

  test("is the output `prediction` of files of former releases, which name the label in their metadata or nowhere", async () => {
    const trees = { objective: "reg:squarederror", columns: 5, baseScore: 10, trees: [] };
    for (const metadata of [{ categories, label: name }, { categories }] as const) {
      await using(onnxFromTrees(trees, metadata), (scorer) => {
        expect(labelOutputs(servedModel(scorer, layout), blueprint)).toEqual([{ label: name, output: 0 }]);
      });
    }
    await using(onnxFromTrees(trees, { categories, label: name }), (scorer) => expect(scorer.outputs).toEqual([name]));
  });

  test("that no output predicts is told with the outputs that there are", async () => {
    await using(file({ cost: [0, 0, 0, 0, 0] }), (scorer) => {
      const asked = (): unknown => labelOutputs(servedModel(scorer, layout), blueprint);
      expect(asked).toThrow(`it has no output "${name}", a label of the blueprint; it has cost`);
    });
    await using(
      onnxFromTrees({ objective: "reg:squarederror", columns: 5, baseScore: 1, trees: [] }, { categories, label: "x" }),
      (scorer) => {
        expect(() => labelOutputs(servedModel(scorer, layout), blueprint)).toThrow(`no output "${name}"`);
      },
    );
  });
});
