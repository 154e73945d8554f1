import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileBlueprint, type CompiledBlueprint } from "../../../blueprints/index.ts";
import { vectorOf } from "../../../rows/index.ts";
import { loadScorer, servedModel } from "../../../serving/index.ts";
import { openGraph } from "../../../serving/graph/graph-model.ts";
import { openOnnxModel } from "../../../serving/onnx/onnx-session.ts";
import { readTreeModels } from "../../../serving/trees/tree-model.ts";
import { fitModel } from "../../../trainer/index.ts";
import { fitRows } from "../../../trainer/fit/fit-rows.ts";
import { splitRows } from "../../../trainer/split-rows.ts";
import { FETCH_MS, python, runPython } from "../../python/venv.ts";
import { blended, blueprintText, learntRows, strangeRows } from "./every-model.ts";

const ROWS = 10_000;
const CLOSE = 1e-5;

const QUANTILE = "label: { name: minutes, value: minutes, wait: 1h, objective: quantile(0.9) }";
const BINARY = "label: { name: late, value: minutes > 40, wait: 1h }";
const MINUTES = "label: { name: minutes, value: minutes, wait: 1h, objective: regression }";
const CLASSES =
  'label: { name: delay, value: \'if(minutes < 25, "none", if(minutes < 50, "some", "lost"))\', classes: [none, some, lost], wait: 1h }';
const SEVERAL =
  "labels: { late: { value: minutes > 40, wait: 1h }, minutes: { value: minutes, wait: 1h, objective: regression }, most: { value: minutes, wait: 1h, objective: quantile(0.8) } }";
const TWO =
  "labels: { late: { value: minutes > 40, wait: 1h }, minutes: { value: minutes, wait: 1h, objective: regression } }";
const HEADS = "exploration: { bootstrap: 3 }";

const TREES = "model: { rounds: 40, depth: 4 }";
const LINES = "model: { learner: linear }";
const TREES_ON_LINES = "model: { rounds: 40, depth: 3, margin: linear, marginBins: 8 }";
const NETWORK = "model: { learner: mlp, hidden: [16, 8], epochs: 2 }";
const SHARED = "model: { learner: mlp, hidden: [16, 8], epochs: 2, shared: true }";
const CONSTANT = "model: { learner: constant }";
const SEARCH = "model: { learner: auto, trials: 3 }";

/** Every learner with every objective that it has, and every way in which several models become one file. */
const MODELS: Readonly<Record<string, readonly string[]>> = {
  "trees, binary": [BINARY, TREES],
  "trees, regression": [MINUTES, TREES],
  "trees, quantile": [QUANTILE, TREES],
  "trees, classes": [CLASSES, TREES],
  "trees, heads": [BINARY, TREES, HEADS],
  "trees, heads of classes": [CLASSES, TREES, HEADS],
  "trees, several labels": [SEVERAL, TREES],
  "trees on lines, binary": [BINARY, TREES_ON_LINES],
  "trees on lines, regression": [MINUTES, TREES_ON_LINES],
  "trees on lines, two labels with heads": [TWO, TREES_ON_LINES, HEADS],
  "lines, binary": [BINARY, LINES],
  "lines, regression": [MINUTES, LINES],
  "lines, two labels": [TWO, LINES],
  "network, binary": [BINARY, NETWORK],
  "network, regression": [MINUTES, NETWORK],
  "network, quantile": [QUANTILE, NETWORK],
  "network, classes": [CLASSES, NETWORK],
  "network, several labels": [SEVERAL, NETWORK],
  "network, several labels that share it": [SEVERAL, SHARED],
  "network, shared with heads": [TWO, SHARED, HEADS],
  "constant, binary": [BINARY, CONSTANT],
  "constant, quantile": [QUANTILE, CONSTANT],
  "constant, classes": [CLASSES, CONSTANT],
  "search, binary": [BINARY, SEARCH],
  "search, several labels": [SEVERAL, SEARCH],
  "blend, binary": [BINARY, SEARCH],
  "blend, regression": [MINUTES, SEARCH],
  "blend, quantile": [QUANTILE, SEARCH],
  "blend, classes": [CLASSES, SEARCH],
  "blend, heads": [BINARY, SEARCH, HEADS],
};

interface Judged {
  readonly name: string;
  readonly outputs: readonly string[];
  readonly rows: number;
  readonly missing: number;
  readonly distinct: number;
  readonly apart: { readonly serving: number; readonly onnxRuntime: number };
}

const dir = mkdtempSync(join(tmpdir(), "loopstream-in-python-"));
afterAll(() => rmSync(dir, { recursive: true }));
const judged = new Map<string, Judged>();
const loaded = new Map<string, { readonly outputs: readonly string[]; readonly own: boolean }>();

const trained = async (name: string, compiled: CompiledBlueprint): Promise<Uint8Array> => {
  const split = splitRows(compiled, learntRows(compiled, 3_000), 0.1);
  const decided = name.startsWith("blend") ? [blended(compiled)] : undefined;
  return (await fitRows(fitModel, { compiled, split, decided, until: 0 })).onnx;
};

/** Trains the model, predicts the rows twice, and writes all that Python needs to do so a third time. */
async function prepare([name, parts]: readonly [string, readonly string[]], at: number): Promise<object> {
  const compiled = compileBlueprint(blueprintText(parts));
  const { layout } = compiled;
  const vectors = strangeRows(ROWS).map((row) => vectorOf(row, layout));
  const path = (end: string): string => join(dir, `${at}.${end}`);
  const write = (end: string, bytes: Uint8Array | string): string => {
    writeFileSync(path(end), bytes);
    return path(end);
  };
  const bytesOf = (outputs: readonly Float32Array[]): Buffer =>
    Buffer.concat(outputs.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)));

  const onnx = await trained(name, compiled);
  const scorer = await loadScorer(onnx);
  const runtime = await openOnnxModel(onnx);
  const serving = await servedModel(scorer, layout).predict(ROWS, (row) => vectors[row]!);
  const inRuntime = await servedModel(
    { ...scorer, score: (features, rows) => Promise.resolve(runtime.predict(features, rows)) },
    layout,
  ).predict(ROWS, (row) => vectors[row]!);
  const own = readTreeModels(onnx) !== undefined || typeof openGraph(onnx) !== "string";
  loaded.set(name, { outputs: scorer.outputs, own });
  await Promise.all([scorer.release(), runtime.release()]);
  return {
    name,
    onnx: write("onnx", onnx),
    rows: write("rows.json", JSON.stringify(vectors)),
    predictions: {
      serving: write("serving", bytesOf(serving)),
      onnxRuntime: write("runtime", bytesOf(inRuntime)),
    },
  };
}

beforeAll(async () => {
  await python();
  const cases: object[] = [];
  for (const [at, model] of Object.entries(MODELS).entries()) cases.push(await prepare(model, at));
  writeFileSync(join(dir, "cases.json"), JSON.stringify(cases));
  const script = join(import.meta.dirname, "in_python.py");
  for (const one of (await runPython(script, [join(dir, "cases.json")], 300_000)) as readonly Judged[])
    judged.set(one.name, one);
}, FETCH_MS + 600_000);

describe("a file that was trained here is the same model in Python's onnxruntime, by what it says of itself", () => {
  test.each(Object.keys(MODELS))("%s", (name) => {
    const { outputs, rows, missing, distinct, apart } = judged.get(name)!;
    const { own, outputs: served } = loaded.get(name)!;
    expect(rows).toBe(ROWS);
    expect(outputs.length).toBe(served.length);
    if (outputs.length > 1) expect(outputs).toEqual(served);
    // Rows that lack a fifth of their values, and whose predictions are not one and the same.
    expect(missing).toBeGreaterThan(0.2);
    if (!name.startsWith("constant")) expect(distinct).toBeGreaterThan(100);
    expect(own).toBe(true);
    expect(apart.serving).toBeLessThan(CLOSE);
    expect(apart.onnxRuntime).toBeLessThan(CLOSE);
  });
});
