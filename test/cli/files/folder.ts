import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll } from "vitest";
import { readTable, type TableRow } from "../../../cli/files/index.ts";

/** A folder of the test file's own, removed after its tests. */
export function testFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "loopstream-files-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes a file, compressed when its name says so, and returns its path. */
export function fileOf(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith(".gz") ? gzipSync(text) : text);
  return path;
}

export async function rowsOf(path: string): Promise<TableRow[]> {
  const rows: TableRow[] = [];
  for await (const row of readTable(path)) rows.push(row);
  return rows;
}

export async function valuesOf(path: string): Promise<Readonly<Record<string, unknown>>[]> {
  return (await rowsOf(path)).map((row) => {
    if ("problem" in row) throw new Error(`line ${row.line}: ${row.problem}`);
    return row.values;
  });
}

export const flights = (name: string): string => join(import.meta.dirname, "../../../examples/flights", name);
