import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openTextEncoder } from "../../serving/index.ts";
import { loopstream, succeeding, temporaryDir } from "../e2e/command.ts";
import { python, runPython } from "../python/venv.ts";

const TEXTS = ["a late plane", "LATE plane, to Berlin!", "nothing known", "", "Prague", "night; 'train' — Zürich"];
const dir = temporaryDir();
const path = (name: string): string => join(dir.path, name);
const encoderFile = path("encoder.onnx");
let vectors: readonly (readonly number[])[];
beforeAll(async () => {
  await python();
  const script = join(import.meta.dirname, "encoder.py");
  vectors = ((await runPython(script, [encoderFile, JSON.stringify(TEXTS)], 300_000)) as { vectors: number[][] })
    .vectors;
}, 900_000);
afterAll(() => dir.remove());

describe("an encoder of texts", () => {
  test("makes the vectors that scikit-learn makes, with six digits, and the same ones again", async () => {
    const encoder = await openTextEncoder(readFileSync(encoderFile));
    expect(encoder.length).toBe(3);
    for (const [at, text] of TEXTS.entries()) {
      const vector = await encoder.encode(text);
      for (const [place, number] of vector.entries()) {
        expect(number, `${text} ${place}`).toBeCloseTo(vectors[at]![place]!, 5);
        expect(Number(number.toPrecision(6))).toBe(number);
      }
    }
    const again = await openTextEncoder(readFileSync(encoderFile));
    for (const text of TEXTS.toReversed()) expect(await again.encode(text)).toEqual(await encoder.encode(text));
    await encoder.release();
    await again.release();
  });

  test("remembers ten thousand texts and still encodes the first again", async () => {
    const encoder = await openTextEncoder(readFileSync(encoderFile));
    const first = await encoder.encode("late plane");
    for (let n = 0; n < 10_001; n++) await encoder.encode(`Prague ${n}`);
    const last = await encoder.encode("late plane");
    expect(last).toEqual(first);
    expect(last).not.toBe(first);
    expect(await encoder.encode("late plane")).toBe(last);
    await encoder.release();
  });

  test("is refused if it is no ONNX file, or its input is no text", async () => {
    await expect(openTextEncoder(Buffer.from("no model"))).rejects.toMatchObject({ code: "BAD_MODEL" });
    const ofNumbers = readFileSync(`${encoderFile}.numbers`);
    await expect(openTextEncoder(ofNumbers)).rejects.toThrow(/one input of texts.*this one has/);
  });
});

const TEXT = `useCase: titles
decisionSpace: boolean
context:
  article: key
  query: text
  asked: vector(3)
tables:
  articles: { key: article, fields: { title: text, meaning: vector(3) } }
features:
  - asked
  - meaning: { table: articles, field: meaning, by: article }
observations: { y: number }
label: { name: hit, value: y > 0.5, wait: 10m }
policy: { decide: hit > 0.5 }
`;

describe("texts of files", () => {
  const run = succeeding(["--dir", path("loop")]);
  const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const encode = (column: string): readonly string[] => ["--encoder", encoderFile, "--encode", column];
  beforeAll(async () => {
    writeFileSync(path("titles.yaml"), TEXT);
    const rows = TEXTS.map((text, at) => `a${at},${cell(text)}`);
    writeFileSync(path("articles.csv"), `article,title\n${rows.join("\n")}\n`);
    const lines = TEXTS.map((_, at) => `d${at},2026-01-01T00:0${at}:00Z,a${at},${cell(TEXTS.at(-1 - at)!)}`);
    writeFileSync(path("decisions.csv"), `decision_id,decision_ts,article,query\n${lines.join("\n")}\n`);
    writeFileSync(
      path("decisions.jsonl"),
      TEXTS.map((_, at) =>
        JSON.stringify({
          ...{ decision_id: `j${at}`, decision_ts: `2026-01-01T01:0${at}:00Z`, article: `a${at}` },
          query: TEXTS.at(-1 - at)!,
        }),
      ).join("\n"),
    );
    await run("blueprint", "publish", path("titles.yaml"));
  });

  test("become vectors of rows and of decisions; the same files again change nothing", async () => {
    const table = [
      "tables",
      "import",
      "articles",
      path("articles.csv"),
      "--from",
      "1970-01-01",
      ...encode("meaning=title"),
    ];
    expect((await run(...table)).json).toMatchObject({ lines: 6, written: 6, bad: 0, missing: [] });
    expect((await run(...table)).json).toMatchObject({ lines: 6, written: 0, unchanged: 6 });
    for (const file of ["decisions.csv", "decisions.jsonl"]) {
      const history = ["import", "--use-case", "titles", "--decisions", path(file), ...encode("asked=query")];
      expect((await run(...history)).json).toMatchObject({ decisions: 6, badLines: 0 });
      expect((await run(...history)).json).toMatchObject({ decisions: 0, known: 6 });
    }
    await run("decisions", "--use-case", "titles", "--out", path("out.jsonl"));
    const found = readFileSync(path("out.jsonl"), "utf8").trim().split("\n");
    expect(found).toHaveLength(12);
    for (const line of found) {
      const row = JSON.parse(line) as Record<string, number | string | null>;
      const at = Number(String(row["decisionId"]).slice(1));
      // An empty cell is no text.
      const expected = (text: number): readonly (number | null)[] =>
        TEXTS[text] === "" ? [null, null, null] : vectors[text]!;
      for (const [name, of] of [
        ["meaning", at],
        ["asked", TEXTS.length - 1 - at],
      ] as const) {
        for (const [place, number] of expected(of).entries()) {
          if (number === null) expect(row[`${name}_${place}`]).toBeNull();
          else expect(row[`${name}_${place}`], `${name} ${at}`).toBeCloseTo(number, 5);
        }
      }
    }
  });

  test("of which an encoder makes no numbers are bad lines; the others go on", async () => {
    const flags = ["--encoder", `${encoderFile}.unit`, "--encode", "asked=query"];
    const where = ["--dir", path("unit"), "--json"];
    expect(await loopstream(["blueprint", "publish", path("titles.yaml"), ...where])).toMatchObject({ code: 0 });
    const ran = await loopstream([
      "import",
      "--use-case",
      "titles",
      "--decisions",
      path("decisions.csv"),
      ...flags,
      ...where,
    ]);
    expect(ran).toMatchObject({ code: 4, json: { decisions: 5, badLines: 1 } });
    expect(ran.stderr + ran.stdout).toContain('the encoder does not make 3 finite numbers of \\"nothing known\\"');
  });

  test.each([
    [["--encode", "asked=query"], "add --encoder FILE.onnx"],
    [["--encoder", encoderFile], "add --encode VECTOR=TEXT"],
    [encode("asked"), "write VECTOR=TEXT"],
    [encode("asked=querry"), 'there is no column "querry". Is it "query"?'],
    [encode("query=article"), "there is a column query already"],
    [["--encoder", path("none.onnx"), "--encode", "asked=query"], "none.onnx can't be read"],
    [["--encoder", path("articles.csv"), "--encode", "asked=query"], "does not load as an ONNX model"],
  ])("%j is refused before anything is published", async (flags, message) => {
    const where = ["--dir", path("loop"), "--use-case", "titles", "--decisions", path("decisions.csv")];
    const ran = await loopstream(["import", ...where, ...flags]);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain(message);
  });
});
