import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLoopstream } from "../../loop/embed/index.ts";
import { silent } from "../../streams/index.ts";
import { FETCH_MS, python } from "../python/venv.ts";
import { loopstream, root, succeeding, temporaryDir } from "./command.ts";

const dir = temporaryDir();
const data = join(dir.path, "data");
const run = succeeding(["--dir", data]);
afterAll(() => dir.remove());

const HOUR = 3_600_000;
/** The notebook has the rows before it; those after it judge. */
const now = Math.floor(Date.now() / HOUR) * HOUR;
const split = new Date(now - HOUR).toISOString();

/** Only the free plan opens reminders, in the first days. */
const isOpened = (i: number): boolean => i % 2 === 0 && i % 10 < 6;
const context = (i: number) => ({ days_since_visit: i % 10, plan: i % 2 === 0 ? "free" : "paid" });

beforeAll(async () => {
  await mkdir(data, { recursive: true });
  const loop = await openLoopstream({ dir: data, log: silent });
  await loop.publishBlueprint(await readFile(join(root, "examples/reminders.yaml"), "utf8"));
  for (let i = 0; i < 400; i++) {
    const time = now - 4 * HOUR + i * 30_000;
    const { decisionId } = await loop.getDecision(
      "reminders",
      { unit: `user-${i}`, context: context(i) },
      { time, default: true },
    );
    if (isOpened(i)) await loop.logObservations(decisionId, { kind: "opened" }, { time: time + 60_000 });
  }
  await loop.idle();
  await loop.close();
}, 600_000);

/** The first Python of docs/custom-models.md, as it is written there. The other two need packages of gigabytes. */
async function notebook(): Promise<string> {
  const page = await readFile(join(root, "docs/custom-models.md"), "utf8");
  const blocks = [...page.matchAll(/^```python\n(.*?)^```$/gms)].map((match) => match[1]!);
  expect(blocks).toHaveLength(3);
  return blocks[0]!;
}

test(
  "the notebook of docs/custom-models.md trains a model with scikit-learn that is imported, promoted, decides, and audits equal",
  async () => {
    const [rows, onnx] = [join(dir.path, "rows.parquet"), join(dir.path, "model.onnx")];
    await run("rows", "--use-case", "reminders", "--to", split, "--out", rows);
    await writeFile(join(dir.path, "train.py"), await notebook());
    await promisify(execFile)(await python(), ["train.py"], { cwd: dir.path });

    const asked = ["models", "import", "--use-case", "reminders", "--onnx", onnx, "--trained-until", split] as const;
    const imported = await run(...asked);
    expect(imported.json).toMatchObject({ known: false, promoted: true, trainedUntil: Date.parse(split) });
    expect(imported.json["reason"]).toMatch(/^better than a constant: logLoss 0\.0\d+/);
    expect(imported.json["notes"]).toEqual([
      "opened is the second column of probabilities: the probability of class 1",
    ]);
    const { modelId } = imported.json as { readonly modelId: string };
    expect((await run(...asked)).json).toMatchObject({ known: true, modelId });
    const text = await loopstream([...asked, "--dir", data]);
    expect(text.stdout).toContain(`model ${modelId} is there already`);
    expect((await loopstream(["models", "list", "--dir", data])).stdout).toMatch(
      new RegExp(`${modelId} .*production .* imported `),
    );

    const loop = await openLoopstream({ dir: data, log: silent });
    const decided = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        loop.getDecision("reminders", { unit: `new-${i}`, context: context(i) }, { default: true }),
      ),
    );
    expect(decided.map(({ value, reason }) => [value, reason])).toEqual(
      Array.from({ length: 20 }, (_, i) => [isOpened(i), "exploit"]),
    );
    await loop.idle();
    await loop.close();
    const audited = await run("audit", "--sample", "100%", "--use-case", "reminders");
    expect(audited.json).toMatchObject({ sampled: 420, recomputed: 420, differing: 0 });

    const rebuilt = await loopstream(["models", "rebuild", modelId, "--dir", data]);
    expect(rebuilt.code).toBe(1);
    expect(rebuilt.stdout).toMatch(/IMPORTED, NOT REBUILT\n.*\n {2}it was imported, from model\.onnx with sha256/);
    const all = await loopstream(["models", "rebuild", "--all", "--dir", data]);
    expect([all.code, all.stdout]).toEqual([0, expect.stringContaining("0 of 0 models are equal; 1 imported")]);
  },
  FETCH_MS + 600_000,
);

test("a file or a sidecar that can't be read is named, and the exit code is 2", async () => {
  const refused = async (...flags: readonly string[]): Promise<string> => {
    const { code, stderr } = await loopstream(["models", "import", "--use-case", "reminders", ...flags, "--dir", data]);
    expect(code, stderr).toBe(2);
    return stderr;
  };
  const text = join(dir.path, "text.onnx");
  await writeFile(text, "weights");
  expect(await refused("--onnx", join(dir.path, "absent.onnx"))).toContain("absent.onnx can't be read");
  expect(await refused("--onnx", text)).toContain("the file is no ONNX model");
  expect(await refused("--onnx", text, "--categories", text)).toContain(`--categories ${text}: is no JSON`);
  expect(await refused()).toContain("--onnx is missing");
}, 600_000);
