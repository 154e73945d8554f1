import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { openTools, publishBlueprint } from "../../../loop/index.ts";
import { rowsTopic } from "../../../rows/index.ts";
import { loadScorer, readArtifact } from "../../../serving/index.ts";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../../streams/index.ts";
import { encodeModel, importModel, type Graph, type ImportResult } from "../../../trainer/index.ts";
import { HOUR, rows, START, TEXT } from "../parcel-rows.ts";

const classes = TEXT.replace(
  "value: minutes > 10",
  `value: 'if(minutes < 10, "none", if(minutes < 60, "some", "much"))', classes: [none, some, much]`,
).replace("late > 0.5", "late_much > 0.5");
const version = compileBlueprint(classes);

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Awaited<ReturnType<typeof openTools>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-classes-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "test" });
  await publishBlueprint(tools, classes);
  await tools.publisher.publish(
    rows(0, 300, 0).map((row) => {
      const at = Math.min(2, Math.floor((row["weight"] as number) / 10));
      const own = ["none", "some", "much"].flatMap((name, k) => [
        [`label_late_${name}`, at === k ? 1 : 0],
        [`labelTime_late_${name}`, null],
        [`prediction_late_${name}`, null],
      ]);
      const value = { ...row, ...Object.fromEntries(own), blueprintVersion: version.blueprint.version };
      return {
        ...{ topic: rowsTopic(version), key: row["decisionId"] as string },
        ...{ value, time: row["rowTime"] as number },
      };
    }),
  );
});
afterEach(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
});

/** The order of its columns: much, none, some. Light parcels are none, heavy ones much. */
const SLOPES = [0.5, -0.5, 0];
const INTERCEPTS = [-12.5, 2.5, 0];

function classifier(labels: Graph["nodes"][number]["attributes"], output = "probabilities"): Uint8Array {
  return encodeModel({
    name: "elsewhere",
    input: { name: "features", columns: 2 },
    outputs: [{ name: output, columns: 3 }],
    nodes: [
      {
        ...{ operator: "Imputer", domain: "ai.onnx.ml", inputs: ["features"], outputs: ["full"] },
        attributes: {
          imputed_value_floats: { kind: "floats", value: [15, 0] },
          replaced_value_float: { kind: "float", value: Number.NaN },
        },
      },
      {
        ...{ operator: "LinearClassifier", domain: "ai.onnx.ml", inputs: ["full"], outputs: ["chosen", output] },
        attributes: {
          coefficients: { kind: "floats", value: SLOPES.flatMap((slope) => [slope, 0]) },
          intercepts: { kind: "floats", value: INTERCEPTS },
          multi_class: { kind: "integer", value: 1 },
          post_transform: { kind: "text", value: "SOFTMAX" },
          ...labels,
        },
      },
    ],
    metadata: {
      features: JSON.stringify(["weight", "carrier"]),
      categories: JSON.stringify({ carrier: ["air"] }),
    },
  });
}

const named = (names: readonly string[]): Graph["nodes"][number]["attributes"] => ({
  classlabels_strings: { kind: "texts", value: names },
});

const given = (onnx: Uint8Array, output?: string): Promise<ImportResult> =>
  importModel(tools, {
    ...{ useCase: "parcels", until: START + 299 * 60_000 + HOUR, onnx, file: "elsewhere.onnx" },
    ...(output !== undefined && { output }),
  });

/** Probabilities of none, some and much of a parcel. */
async function served({ model }: ImportResult, weight: number): Promise<readonly number[]> {
  const scorer = await loadScorer(await readArtifact(backbone, tools.serdes, model.artifact));
  const found = await scorer.score(Float32Array.of(weight, 0), 1);
  await scorer.release();
  return ["late_none", "late_some", "late_much"].map((name) => found[scorer.outputs.indexOf(name)]![0]!);
}

describe("a classifier from elsewhere", () => {
  test("serves each class by the column that the file names, whatever their order, and is judged by all of them", async () => {
    const result = await given(classifier(named(["much", "none", "some"])));
    expect(result).toMatchObject({
      ...{ kind: "imported", promoted: true },
      notes: ["the classes of late are the columns of probabilities, by their names: none, some, much"],
    });
    expect(result.model.states[0]!.reason).toMatch(/^imported; better than a constant: mlogloss 0\.\d+/);
    const [light, heavy] = [await served(result, 2), await served(result, 29)];
    expect(light[0]).toBeGreaterThan(0.8);
    expect(heavy[2]).toBeGreaterThan(0.8);
    expect(light.reduce((a, b) => a + b)).toBeCloseTo(1, 5);
  });

  test("whose classes are numbers serves them in the order of the label, and may be worse than a constant for it", async () => {
    const numbers = { classlabels_ints: { kind: "integers", value: [0, 1, 2] } } as const;
    const result = await given(classifier(numbers, "late"));
    expect(result).toMatchObject({
      promoted: false,
      notes: ["the classes of late are the columns of late, in this order: none, some, much"],
    });
    expect((await served(result, 29))[0]).toBeGreaterThan(0.8);
  });

  test("is refused where its classes are others, or so many are not there", async () => {
    await expect(given(classifier(named(["big", "none", "some"])))).rejects.toThrow(
      /its classes are big, none, some: train it on none, some, much, the classes of late, or on 0 to 2 in this order/,
    );
    await expect(given(classifier(named(["much", "none", "some"])), "chosen")).rejects.toThrow(/late_none/);
  });
});
