import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readModels } from "../../../catalogue/index.ts";
import { openTools, publishBlueprint } from "../../../loop/index.ts";
import { rowsTopic } from "../../../rows/index.ts";
import { loadScorer, readArtifact, sha256 } from "../../../serving/index.ts";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../../streams/index.ts";
import {
  encodeModel,
  importModel,
  rebuildModel,
  trainingDue,
  trainModel,
  type Graph,
  type ImportRequest,
  type ImportResult,
} from "../../../trainer/index.ts";
import { compiled, HOUR, rows, START, TEXT } from "../parcel-rows.ts";

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Awaited<ReturnType<typeof openTools>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-import-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "test" });
  await publishBlueprint(tools, TEXT);
});
afterEach(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
});

const publish = (signal: number, count = 400): Promise<unknown> =>
  tools.publisher.publish(
    rows(0, count, signal).map((value) => ({
      topic: rowsTopic(compiled),
      key: value["decisionId"] as string,
      value,
      time: value["rowTime"] as number,
    })),
  );

const at = (minutes: number): number => START + minutes * 60_000 + HOUR;
const metadata = {
  features: JSON.stringify(["weight", "carrier"]),
  categories: JSON.stringify({ carrier: ["air"] }),
};

type Parts = Partial<Pick<Graph, "input" | "outputs" | "nodes" | "metadata">>;

const imputed = (values: readonly number[]): Graph["nodes"][number] => ({
  ...{ operator: "Imputer", domain: "ai.onnx.ml", inputs: ["features"], outputs: ["full"] },
  attributes: {
    imputed_value_floats: { kind: "floats", value: values },
    replaced_value_float: { kind: "float", value: Number.NaN },
  },
});
const linear = (input: string, output: string, slope: number): Graph["nodes"][number] => ({
  ...{ operator: "LinearRegressor", domain: "ai.onnx.ml", inputs: [input], outputs: [output] },
  attributes: {
    coefficients: { kind: "floats", value: [slope, 0] },
    intercepts: { kind: "floats", value: [-15 * slope] },
  },
});
const sigmoid = (input: string, output: string): Graph["nodes"][number] => ({
  ...{ operator: "Sigmoid", domain: "", inputs: [input], outputs: [output], attributes: {} },
});

/** Heavy parcels are late: what the rows of signal 1 say, with weights of up to 30. */
const file = (parts: Parts = {}): Uint8Array =>
  encodeModel({
    name: "elsewhere",
    input: { name: "features", columns: 2 },
    outputs: [{ name: "late", columns: 1 }],
    nodes: [imputed([15, 0]), linear("full", "margin", 0.2), sigmoid("margin", "late")],
    metadata,
    ...parts,
  });

/** As scikit-learn's converter writes it: the class, and a probability of each class. */
const classifier = (classes: readonly number[], outputs: Graph["outputs"]): Uint8Array =>
  file({
    outputs,
    nodes: [
      imputed([15, 0]),
      {
        ...{ operator: "LinearClassifier", domain: "ai.onnx.ml", inputs: ["full"], outputs: ["late", "probabilities"] },
        attributes: {
          coefficients: { kind: "floats", value: [-0.2, 0, 0.2, 0] },
          intercepts: { kind: "floats", value: [3, -3] },
          classlabels_ints: { kind: "integers", value: classes },
          multi_class: { kind: "integer", value: 0 },
          post_transform: { kind: "text", value: "LOGISTIC" },
        },
      },
    ],
  });

const given = (onnx: Uint8Array, more: Partial<ImportRequest> = {}): Promise<ImportResult> =>
  importModel(tools, { useCase: "parcels", until: at(399), onnx, file: "elsewhere.onnx", ...more });

describe("a model that was trained elsewhere", () => {
  test("goes into production if it beats a constant on the newest rows, with a record that says where it is from", async () => {
    await publish(1);
    const onnx = file();
    const result = await given(onnx);
    expect(result).toMatchObject({ kind: "imported", promoted: true, notes: [] });
    expect(result.judged).toEqual({ rows: 80, from: at(320) - HOUR });
    const [model] = await readModels(tools);
    expect(model!.states.map(({ state }) => state)).toEqual(["trained", "production"]);
    expect(model!.states[0]!.reason).toMatch(/^imported; better than a constant: logLoss 0\.\d+/);
    expect(model!.provenance).toMatchObject({
      ...{ rows: 0, holdout: 80, seed: 0, codeVersion: "test", trainedUntil: at(319) - HOUR },
      imported: { file: "elsewhere.onnx", sha256: sha256(onnx), producer: "loopstream", trainedUntil: null },
    });
    const stored = await loadScorer(await readArtifact(backbone, tools.serdes, model!.artifact));
    expect(stored.metadata).toMatchObject({ ...metadata, useCase: "parcels" });
    expect((await stored.score(Float32Array.from([20, 0]), 1))[0]![0]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
  });

  test("the same file again is there already, whatever came into production since", async () => {
    await publish(1);
    const first = await given(file());
    const again = await given(file(), { until: at(400) });
    expect(again).toMatchObject({ kind: "known", model: { modelId: first.model.modelId } });
    expect(await readModels(tools)).toHaveLength(1);
  });

  test("is compared with the model in production, and refused where it is worse", async () => {
    await publish(1);
    const own = await trainModel(tools, { useCase: "parcels", until: at(300) });
    expect(own).toMatchObject({ promoted: true });
    const worse = file({ nodes: [imputed([15, 0]), linear("full", "margin", -0.2), sigmoid("margin", "late")] });
    const result = await given(worse);
    expect(result.promoted).toBe(false);
    expect(result.model.states.at(-1)!.reason).toMatch(/^imported; refused: not better than [0-9a-f]{16}: logLoss/);
  });

  test("only rows after the time that it was trained until judge it, and none leave it unpromoted", async () => {
    await publish(1);
    const late = await given(file(), { trainedUntil: at(379) - HOUR });
    expect(late.judged).toEqual({ rows: 20, from: at(380) - HOUR });
    expect(late.model.provenance).toMatchObject({ holdout: 20, imported: { trainedUntil: at(379) - HOUR } });
    const all = file({ metadata: { ...metadata, other: "text" } });
    const none = await given(all, { trainedUntil: at(500) });
    expect(none).toMatchObject({ promoted: false, judged: { rows: 0, from: null } });
    expect(none.model.states[0]!.reason).toBe("imported; nothing was held out to judge it by");
  });

  test("is not promoted on fewer rows than a model is trained from", async () => {
    await publish(1, 150);
    const { promoted, model } = await given(file());
    expect(promoted).toBe(false);
    expect(model.states[0]!.reason).toBe(
      "imported; refused: 150 rows are complete, 200 are needed to judge a model (training.minRows)",
    );
  });

  test("is no training: the first one is due as before; and it can't be rebuilt", async () => {
    await publish(1);
    const { model } = await given(file());
    expect(await trainingDue(tools, "parcels", at(399))).toBe("first 400 rows");
    const rebuilt = await rebuildModel(tools, model);
    expect(rebuilt).toMatchObject({ equal: false, actual: null, imported: true, header: "equal" });
    expect(rebuilt.problem).toMatch(
      /^it was imported, from elsewhere\.onnx with sha256 [0-9a-f]{64}: it was trained elsewhere/,
    );
  });
});

describe("a graph that is run row by row", () => {
  /** Minus the mean of all rows that come with it, or that mean alone. */
  const over = (last: Graph["nodes"]): Uint8Array =>
    file({
      nodes: [
        imputed([15, 0]),
        linear("full", "margin", 0.2),
        { operator: "ReduceMean", domain: "", inputs: ["margin"], outputs: ["mean"], attributes: {} },
        ...last,
      ],
    });

  test("is refused where its rows have to do with each other", async () => {
    await publish(1);
    const apart: Graph["nodes"][number] = {
      operator: "Sub",
      domain: "",
      inputs: ["margin", "mean"],
      outputs: ["apart"],
      attributes: {},
    };
    await expect(given(over([apart, sigmoid("apart", "late")]))).rejects.toMatchObject({
      code: "UNFIT_MODEL",
      message: expect.stringMatching(
        /^late of the row of decision \S+ is 0\.5 alone and \S+ among others: a prediction must depend on its row only/,
      ) as string,
    });
    await expect(given(over([sigmoid("mean", "late")]))).rejects.toMatchObject({
      code: "UNFIT_MODEL",
      message: expect.stringMatching(/^of several rows it has no output for each/) as string,
    });
    expect(await readModels(tools)).toEqual([]);
  });
});

describe("the file", () => {
  const probabilities = [{ name: "probabilities", columns: 2 }];

  test("of a classifier gives the probability of class 1, also where a tensor inside has the label's name", async () => {
    await publish(1);
    const { notes, promoted, metrics } = await given(classifier([0, 1], probabilities)).then((result) => ({
      ...result,
      ...result.model,
    }));
    expect(notes).toEqual(["late is the second column of probabilities: the probability of class 1"]);
    expect(promoted).toBe(true);
    const plain = await given(file());
    expect(metrics["logLoss"]).toBeCloseTo(plain.model.metrics["logLoss"]!, 6);
  });

  test("may call its only output anything, and keep its columns and vocabularies beside it", async () => {
    await publish(1);
    const nodes = [imputed([15, 0]), linear("full", "margin", 0.2), sigmoid("margin", "score")];
    const bare = file({ nodes, outputs: [{ name: "score", columns: 1 }], metadata: {} });
    const { notes, model } = await given(bare, { categories: { carrier: ["sea", "air"] } });
    expect(notes).toEqual([
      "the file does not name its columns: they are taken as weight, carrier, in the blueprint's order",
      "late is the output score",
    ]);
    const stored = await loadScorer(await readArtifact(backbone, tools.serdes, model.artifact));
    expect(stored.outputs).toEqual(["late"]);
    expect(stored.metadata["categories"]).toBe('{"carrier":["sea","air"]}');
  });

  test("may take some of the features, in another order", async () => {
    await publish(1);
    const columns = ["carrier", "weight"];
    const turned = file({
      metadata: { ...metadata, features: JSON.stringify(columns) },
      nodes: [
        imputed([0, 15]),
        {
          ...linear("full", "margin", 0.2),
          attributes: {
            coefficients: { kind: "floats", value: [0, 0.2] },
            intercepts: { kind: "floats", value: [-3] },
          },
        },
        sigmoid("margin", "late"),
      ],
    });
    const [one, other] = [await given(turned), await given(file())];
    expect(one.model.metrics).toEqual(other.model.metrics);
  });

  test.each<readonly [string, () => Uint8Array, Partial<ImportRequest>, RegExp]>([
    ["no ONNX", () => Buffer.from("not a model"), {}, /no ONNX model/],
    ["empty", () => new Uint8Array(), {}, /holds no ONNX model with an output/],
    [
      "three columns without names",
      () => file({ input: { name: "features", columns: 3 }, metadata: {} }),
      {},
      /takes 3 columns and does not name them, the blueprint has 2 features: .*--features/,
    ],
    [
      "too many names",
      () => file({ metadata: { ...metadata, features: '["weight", "carrier", "x"]' } }),
      {},
      /takes 2 columns, "features" names 3/,
    ],
    [
      "an unknown column",
      () => file({ metadata: { ...metadata, features: '["wieght", "carrier"]' } }),
      {},
      /column "wieght", which is no feature of the blueprint: it has weight, carrier/,
    ],
    [
      "a column twice",
      () => file({ metadata: { ...metadata, features: '["weight", "weight"]' } }),
      {},
      /names "weight" twice/,
    ],
    [
      "names that are no JSON",
      () => file({ metadata: { features: "weight, carrier" } }),
      {},
      /metadata "features" of the file is no JSON: write it with json.dumps/,
    ],
    [
      "no vocabulary",
      () => file({ metadata: {} }),
      {},
      /no vocabulary for category feature "carrier": .*--categories.*\{"carrier": \["AA", "UA"\]\}/,
    ],
    [
      "a vocabulary of a number",
      () => file(),
      { categories: { carrier: ["air"], weight: ["1"] } },
      /"weight", which is no category feature/,
    ],
    [
      "a vocabulary of numbers",
      () => file(),
      { categories: { carrier: [1, 2] } },
      /"categories" of "carrier" is no list of texts/,
    ],
    ["a value twice", () => file(), { categories: { carrier: ["air", "air"] } }, /has "air" twice/],
    [
      "two outputs that may be meant",
      () =>
        file({
          nodes: [imputed([15, 0]), linear("full", "margin", 0.2), sigmoid("margin", "p")],
          outputs: [
            { name: "margin", columns: 1 },
            { name: "p", columns: 1 },
          ],
        }),
      {},
      /several outputs may predict "late": margin float\[N, 1\]; p float\[N, 1\]; name one with --output/,
    ],
    ["no such output", () => file(), { output: "p" }, /no float output "p": it has late float\[N, 1\]/],
    ["other classes", () => classifier([1, 2], probabilities), {}, /its classes are 1, 2: train it on 0 and 1/],
    [
      "margins",
      () => file({ nodes: [imputed([15, 0]), linear("full", "late", 0.2)] }),
      {},
      /late of the row of decision d\d+ is -?[\d.]+: a binary label is predicted as a probability from 0 to 1; export it behind a sigmoid/,
    ],
    [
      "no missing values",
      () => file({ nodes: [linear("features", "margin", 0.2), sigmoid("margin", "late")] }),
      {},
      /late of (the row of decision d\d+|a row without weight|a row with an unknown carrier) is NaN: .*put an imputer/,
    ],
    [
      "a part over rows",
      () =>
        file({
          nodes: [
            imputed([15, 0]),
            linear("full", "margin", 0.2),
            { operator: "RandomUniformLike", domain: "", inputs: ["margin"], outputs: ["late"], attributes: {} },
          ],
        }),
      {},
      /comes out otherwise the second time: export the model for inference/,
    ],
    [
      "an operator that there is not",
      () =>
        file({ nodes: [{ operator: "Guess", domain: "", inputs: ["features"], outputs: ["late"], attributes: {} }] }),
      {},
      /ONNX Runtime can't load it: .*Guess/,
    ],
  ])("that has %s is refused, and nothing is written", async (_, onnx, more, message) => {
    await publish(1, 20);
    await expect(given(onnx(), more)).rejects.toMatchObject({
      code: "UNFIT_MODEL",
      message: expect.stringMatching(message) as unknown,
    });
    expect(await readModels(tools)).toEqual([]);
  });
});
