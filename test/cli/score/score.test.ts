import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asyncBufferFromFile, parquetMetadataAsync } from "hyparquet";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readTable, tableHead } from "../../../cli/files/index.ts";
import { exportRows } from "../../../cli/process/exports/export-rows.ts";
import { readVersions } from "../../../cli/process/blueprints/versions.ts";
import { askedModel, fileToScore, rowsToScore } from "../../../cli/process/score/score-here.ts";
import { scoreTable, type ScoredTable } from "../../../cli/process/score/score-table.ts";
import type { ValidBlueprints } from "../../../catalogue/index.ts";
import { openTools, publishBlueprint } from "../../../loop/index.ts";
import { rowsTopic, vectorOf } from "../../../rows/index.ts";
import { servedModel } from "../../../serving/index.ts";
import type { ModelRecorded, TrainingRow } from "../../../schemas/index.ts";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../../streams/index.ts";
import { trainModel } from "../../../trainer/index.ts";
import { compiled, HOUR, rows, START, TEXT } from "../../trainer/parcel-rows.ts";

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Awaited<ReturnType<typeof openTools>>;
let known: ValidBlueprints;
let model: ModelRecorded;
/** As a decision has them, bit by bit. */
let served: readonly number[];
const all = rows(0, 400, 1).map((row, i): TrainingRow =>
  i % 7 === 0 ? { ...row, carrier: "never seen", weight: i % 2 === 0 ? null : row["weight"]! } : row,
);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-score-"));
  backbone = await createEmbeddedBackbone({ dir: join(dir, "data") });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "test" });
  await publishBlueprint(tools, TEXT);
  const publish = (some: typeof all): Promise<unknown> =>
    tools.publisher.publish(
      some.map((value) => ({
        topic: rowsTopic(compiled),
        key: value["decisionId"] as string,
        value,
        time: value["rowTime"] as number,
      })),
    );
  await publish(rows(0, 400, 1));
  await trainModel(tools, { useCase: "parcels", until: START + 399 * 60_000 + HOUR });
  await publish(all.map((row) => ({ ...row, rowTime: (row["rowTime"] as number) + 1 })));
  known = await readVersions(tools);
  model = await askedModel(tools, compiled, "production");
  const loaded = servedModel(await tools.scorers.get(model), compiled.layout);
  const [predictions] = await loaded.predict(all.length, (row) => vectorOf(all[row]!, compiled.layout));
  served = [...predictions!];
});
afterAll(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
});

const exported = async (name: string): Promise<string> => {
  const out = join(dir, name);
  const format = name.endsWith("csv") ? "csv" : name.endsWith("jsonl") ? "jsonl" : "parquet";
  const range = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  await exportRows(tools, { compiled, known, topic: undefined, ...range, onTaken: () => undefined, out, format });
  return out;
};
async function score(table: ScoredTable, name: string): Promise<string> {
  const out = join(dir, name);
  const made = await scoreTable(table, {
    scorer: await tools.scorers.get(model),
    compiled,
    out,
    onWritten: () => undefined,
  });
  expect(made).toEqual({ rows: all.length, predictions: ["late"] });
  return out;
}
const read = async (path: string): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const found = [];
  for await (const row of readTable(path)) found.push("values" in row ? row.values : { problem: row });
  return found;
};

test.each(["csv", "jsonl", "parquet"])(
  "%s rows are predicted as decisions were, bit by bit, and keep their columns",
  async (ending) => {
    const file = await exported(`rows.${ending}`);
    const out = await score(await fileToScore(file, compiled, known), `scored.${ending}`);
    const [before, after] = [await read(file), await read(out)];
    expect(after.map(({ late }) => Number(late))).toEqual(served);
    expect(after.map(({ late, ...rest }) => rest)).toEqual(before);
  },
);

test("a file goes into a file of another format, with types", async () => {
  const csv = await exported("typed.csv");
  const parquet = await exported("typed.parquet");
  const out = await score(await fileToScore(csv, compiled, known), "from-csv.parquet");
  const from = await read(out);
  const typed = await read(parquet);
  expect(from.map(({ weight, carrier, decisionTime }) => [weight, carrier, decisionTime])).toEqual(
    typed.map(({ weight, carrier, decisionTime }) => [weight, carrier, decisionTime]),
  );
});

test("without a file the use case's rows are scored", async () => {
  const table = rowsToScore(tools, compiled, known, undefined);
  const found = await read(await score(table, "topic.jsonl"));
  expect(found.map(({ late }) => late)).toEqual(served);
  expect(table.leftOut()).toEqual([]);
});

test.each([
  ["weight,carrier\n1,air\nheavy,air\n", 'line 3: column "weight" is a number, not "heavy"'],
  ["weight\n1\n", 'has no column "carrier", which the model takes'],
  ["weight,carrier\n1,air,2\n", "line 2: expected 2 columns, found 3"],
])("%j is refused, and leaves no file", async (text, message) => {
  const file = join(dir, "bad.csv");
  await writeFile(file, text);
  const out = join(dir, "bad-out.csv");
  const given = await fileToScore(file, compiled, known);
  const made = scoreTable(given, { scorer: await tools.scorers.get(model), compiled, out, onWritten: () => undefined });
  await expect(made).rejects.toMatchObject({
    code: "BAD_FILE",
    message: expect.stringContaining(`${file}: ${message}`) as unknown,
  });
  await expect(readFile(out)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a Parquet file keeps its columns as they lie, and a value that is none is refused with its row", async () => {
  const columns = (weights: (number | null)[]): Parameters<typeof parquetWriteBuffer>[0] => ({
    columnData: [
      { name: "id", data: [2n ** 60n + 1n, null, 7n], type: "INT64", nullable: true },
      { name: "seen", data: new Date("2026-01-01T00:00:00Z"), type: "TIMESTAMP" },
      { name: "weight", data: weights, type: "DOUBLE", nullable: true },
      { name: "carrier", data: ["air", "road", null], type: "STRING", nullable: true },
    ].map((column) =>
      column.name === "seen" ? { ...column, data: [column.data, column.data, column.data] } : column,
    ) as never,
  });
  const write = async (name: string, weights: (number | null)[]): Promise<string> => {
    await writeFile(join(dir, name), new Uint8Array(parquetWriteBuffer(columns(weights))));
    return join(dir, name);
  };
  const options = {
    scorer: await tools.scorers.get(model),
    compiled,
    out: join(dir, "kept.parquet"),
    onWritten: () => undefined,
  };
  const file = await write("own.parquet", [1.5, null, Number.NaN]);
  await scoreTable(await fileToScore(file, compiled, known), options);
  const [before, after] = [await read(file), await read(options.out)];
  expect(after.map(({ late, ...rest }) => rest)).toEqual(before);
  expect(before[0]).toMatchObject({ id: "1152921504606846977" });
  const csv = join(dir, "kept.csv");
  await scoreTable(await fileToScore(file, compiled, known), { ...options, out: csv });
  // A key keeps its digits where a double would not.
  expect((await read(csv))[0]).toMatchObject({ id: "1152921504606846977" });
  const lines = join(dir, "kept.jsonl");
  await scoreTable(await fileToScore(file, compiled, known), { ...options, out: lines });
  expect(await readFile(lines, "utf8")).toMatch(/"id":1152921504606846977,/);
  expect(after.map(({ late }) => late)).toEqual((await read(csv)).map(({ late }) => Number(late)));
  await rm(options.out);
  const bad = await fileToScore(await write("bad.parquet", [1.5, Infinity, 2]), compiled, known);
  await expect(scoreTable(bad, options)).rejects.toMatchObject({
    code: "BAD_FILE",
    message: `${join(dir, "bad.parquet")}: line 2: column "weight" is a number, not Infinity`,
  });
  await expect(readFile(options.out)).rejects.toMatchObject({ code: "ENOENT" });
});

test("a Parquet file with two columns of one name is refused at every door, since one of them would be lost", async () => {
  const data = [1, 2];
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: "weight", data, type: "DOUBLE" },
      { name: "weight", data: [3, 4], type: "DOUBLE" },
      { name: "carrier", data: ["air", "road"], type: "STRING" },
    ],
  });
  const twice = join(dir, "twice.parquet");
  await writeFile(twice, new Uint8Array(bytes));
  const refusal = { code: "BAD_FILE", message: expect.stringContaining(`two columns "weight"`) as string };
  await expect(fileToScore(twice, compiled, known)).rejects.toMatchObject(refusal);
  await expect(tableHead(twice)).rejects.toMatchObject(refusal);
  await expect(read(twice)).rejects.toMatchObject(refusal);
});

test("a damaged column is named with its lines, and nothing is left of the file", async () => {
  const path = await exported("whole.parquet");
  const bytes = await readFile(path);
  const { columns } = (await parquetMetadataAsync(await asyncBufferFromFile(path))).row_groups[0]!;
  const { meta_data: weight } = columns.find(({ meta_data: meta }) => meta!.path_in_schema[0] === "weight")!;
  const start = Number(weight!.dictionary_page_offset ?? weight!.data_page_offset);
  const damaged = join(dir, "damaged.parquet");
  await writeFile(damaged, bytes.fill(0xff, start, start + 200));
  const failed = score(await fileToScore(damaged, compiled, known), "of-damaged.parquet");
  await expect(failed).rejects.toMatchObject({
    code: "BAD_FILE",
    message: expect.stringMatching(
      /damaged\.parquet: column "weight" is damaged in lines 1 to 400 \(.+\)\. Copy or download the file again\.$/,
    ) as string,
  });
  expect((await readdir(dir)).filter((name) => name.startsWith("of-damaged"))).toEqual([]);
});

test("a number is no category, and a model of another use case is none", async () => {
  const file = join(dir, "bad.jsonl");
  await writeFile(file, '{"weight": 1, "carrier": null}\n{"weight": 1, "carrier": 7}\n');
  const given = await fileToScore(file, compiled, known);
  const options = {
    scorer: await tools.scorers.get(model),
    compiled,
    out: join(dir, "x.csv"),
    onWritten: () => undefined,
  };
  await expect(scoreTable(given, options)).rejects.toThrow(`${file}: line 2: column "carrier" is a category, not 7`);
  await expect(askedModel(tools, compiled, "0123")).rejects.toMatchObject({ code: "UNKNOWN_MODEL" });
});
