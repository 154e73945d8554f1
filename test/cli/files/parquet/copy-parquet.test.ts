import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parquetMetadataAsync, asyncBufferFromFile, parquetSchema } from "hyparquet";
import { expect, test } from "vitest";
import { copyParquet, openParquet } from "../../../../cli/files/index.ts";
import { rowsOf, testFolder } from "../folder.ts";

const fixtures = join(import.meta.dirname, "../../../fixtures/parquet");

const dir = testFolder();
const codecs = ["snappy", "zstd", "gzip", "brotli", "lz4"].map((codec) => `types-${codec}.parquet`);
const pages = ["dictionary-1", "dictionary-2", "plain-1", "plain-2"].map((kind) => `pages-${kind}.parquet`);

test.each([...codecs, ...pages, "int96.parquet"])(
  "the columns of %s are copied with their types, and others are added",
  async (name) => {
    const [from, to] = [join(fixtures, name), join(dir, "copy.parquet")];
    const file = await openParquet(from);
    const copy = await copyParquet(to, file, ["added", "more"]);
    for (const group of file.metadata.row_groups) {
      const numbers = Float32Array.from({ length: Number(group.num_rows) }, (_, row) => row / 8);
      await copy.write(group, [numbers, numbers.map((value) => -value)]);
    }
    await copy.close();
    await file.handle.close();
    const [before, after] = [await rowsOf(from), await rowsOf(to)];
    const starts = new Map<number, number>();
    let row = 0;
    for (const group of file.metadata.row_groups)
      for (let at = 0; at < Number(group.num_rows); at++) starts.set(row++, at);
    expect(after).toEqual(
      before.map((one, at) => {
        if (!("values" in one)) throw new Error("a row that can't be read");
        const added = starts.get(at)! / 8;
        return { ...one, values: { ...one.values, added, more: added === 0 ? -0 : -added } };
      }),
    );
    const elements = async (path: string): Promise<unknown[]> =>
      parquetSchema(await parquetMetadataAsync(await asyncBufferFromFile(path))).children.map(({ element }) => [
        element.name,
        element.type,
        element.converted_type,
        element.logical_type?.type === "INTEGER" ? undefined : element.logical_type,
      ]);
    expect((await elements(to)).slice(0, -2)).toEqual(await elements(from));
  },
);

test("a copy that is given up leaves the file that was there, and a file that ends early is told", async () => {
  const [from, to] = [join(dir, "from.parquet"), join(dir, "given-up.parquet")];
  await writeFile(from, await readFile(join(fixtures, "pages-plain-1.parquet")));
  await writeFile(to, "before");
  const file = await openParquet(from);
  const copy = await copyParquet(to, file, ["added"]);
  await truncate(from, 1_000);
  await expect(copy.write(file.metadata.row_groups[0]!, [new Float32Array(400)])).rejects.toThrow(
    "it ends in the middle of a column",
  );
  await copy.abort();
  await file.handle.close();
  expect(await readFile(to, "utf8")).toBe("before");
  expect((await readdir(dir)).filter((name) => name.startsWith("given-up"))).toEqual(["given-up.parquet"]);
});
