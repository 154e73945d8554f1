import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type * as OnnxRuntime from "onnxruntime-node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openBundle, runSession, type DecisionBundle } from "../../browser/index.ts";
import { openLoopstream, type Loopstream } from "../../loop/embed/index.ts";
import { silent } from "../../streams/index.ts";
import { FETCH_MS, python } from "../python/venv.ts";
import { loopstream, root, succeeding, temporaryDir } from "./command.ts";

const dir = temporaryDir();
const [data, out] = [join(dir.path, "data"), join(dir.path, "bundle")];
const run = succeeding(["--dir", data]);
afterAll(() => dir.remove());

const context = (i: number) => ({ days_since_visit: i % 10, plan: i % 2 === 0 ? "free" : "paid" });
const within = async <T>(work: (loop: Loopstream) => Promise<T>): Promise<T> => {
  const loop = await openLoopstream({ dir: data, log: silent });
  try {
    return await work(loop);
  } finally {
    await loop.close();
  }
};
let modelId: string;

beforeAll(async () => {
  await mkdir(data, { recursive: true });
  modelId = await within(async (loop) => {
    await loop.publishBlueprint(await readFile(join(root, "examples/reminders.yaml"), "utf8"));
    const time = Date.now() - 1_800_000;
    for (let i = 0; i < 200; i++) {
      const request = { unit: `user-${i}`, context: context(i) };
      const { decisionId } = await loop.getDecision("reminders", request, { time, default: true });
      if (i % 2 === 0) await loop.logObservations(decisionId, { kind: "opened" }, { time: time + 60_000 });
    }
    await loop.idle();
    await loop.train("reminders");
    await loop.idle();
    const decision = await loop.getDecision("reminders", { unit: "u", context: context(1) }, { default: true });
    return decision.modelId!;
  });
}, 600_000);

test("models bundle writes a model and its version, by which the page of examples/browser decides as the loop does", async () => {
  const { json } = await run("models", "bundle", modelId, "--out", out);
  const [onnx, text] = [await readFile(join(out, "model.onnx")), await readFile(join(out, "bundle.json"), "utf8")];
  const bundle = JSON.parse(text) as DecisionBundle;
  expect(createHash("sha256").update(onnx).digest("hex")).toBe(bundle.modelSha256);
  expect(bundle).toMatchObject({ format: 1, useCase: "reminders", modelId, features: ["days_since_visit", "plan"] });
  expect(bundle.categories).toEqual({ plan: ["free", "paid"] });
  expect(json).toMatchObject({ modelId, modelSha256: bundle.modelSha256, onnxBytes: onnx.length });
  const told = await loopstream(["models", "bundle", modelId, "--out", out, "--dir", data]);
  expect(told.stdout).toContain("whoever can read bundle.json knows the policy and the loop's salt");

  const page = await readFile(join(root, "examples/browser/index.html"), "utf8");
  for (const name of [
    "openBundle",
    "runSession",
    "bundle/bundle.json",
    "bundle/model.onnx",
    "days_since_visit",
    "plan",
  ])
    expect(page).toContain(name);
  const webRuntime = "onnxruntime-web";
  const { InferenceSession, Tensor } = (await import(webRuntime)) as typeof OnnxRuntime;
  const session = await InferenceSession.create(onnx, { executionProviders: ["wasm"] });
  const opened = openBundle(bundle, runSession(session, Tensor));
  await within(async (loop) => {
    // All at once: a session has one run at a time.
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const request = { decisionId: `d${i}`, unit: `new-${i}`, context: context(i) };
        const { value, reason, propensity } = await loop.getDecision("reminders", request, { default: true });
        expect(await opened.decide(request)).toMatchObject({ value, reason, propensity, modelId, error: null });
        expect(value).toBe(i % 2 === 0);
      }),
    );
  });
}, 600_000);

test(
  "the Python of docs/analysts.md predicts rows with a model's file as `score` does",
  async () => {
    const [onnx, rows] = [join(dir.path, "model.onnx"), join(dir.path, "rows.parquet")];
    await run("models", "rebuild", modelId, "--out", onnx);
    await run("rows", "--use-case", "reminders", "--out", rows);
    await run(
      "score",
      "--use-case",
      "reminders",
      "--model",
      modelId,
      "--in",
      rows,
      "--out",
      join(dir.path, "scored.jsonl"),
    );
    const page = await readFile(join(root, "docs/analysts.md"), "utf8");
    const [block] = /(?<=^```python\n)[^`]*session\.run[^`]*(?=^```$)/m.exec(page)!;
    const script = `${block}\nprint(json.dumps([float(each) for each in rows["prediction"]]))\n`;
    await writeFile(join(dir.path, "predict.py"), script);
    const { stdout } = await promisify(execFile)(await python(), ["predict.py"], { cwd: dir.path });
    const predicted = JSON.parse(stdout) as readonly number[];
    const lines = (await readFile(join(dir.path, "scored.jsonl"), "utf8")).trim().split("\n");
    const scored = lines.map((line) => (JSON.parse(line) as { readonly opened: number }).opened);
    expect(predicted.length).toBe(scored.length);
    expect(new Set(scored).size).toBeGreaterThan(1);
    for (const [at, each] of predicted.entries()) expect(Math.abs(each - scored[at]!)).toBeLessThan(1e-5);
  },
  FETCH_MS + 600_000,
);

test("models bundle of no model is refused, with exit code 2", async () => {
  const { code, stderr } = await loopstream(["models", "bundle", "0123456789abcdef", "--out", out, "--dir", data]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("there is no model 0123456789abcdef")]);
}, 600_000);
