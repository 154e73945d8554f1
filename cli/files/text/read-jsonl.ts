import { setOwn } from "../../../streams/index.ts";
import { keepDigits, mayLoseDigits } from "./json-digits.ts";
import { repeatedName, repeatedOuterName } from "./json-names.ts";
import { readLines, withoutReturn } from "./read-lines.ts";
import type { PlainRow, TableRow, TableValue } from "../table-row.ts";

/**
 * Rows of a file with one JSON object a line, in runs as they are read. Blank lines are left out. A number that would lose digits stays text; a list or
 * an object is no value.
 */
export async function* readJsonl(path: string, gzip: boolean): AsyncGenerator<readonly TableRow[]> {
  let line = 0;
  for await (const lines of readLines(path, gzip)) {
    const rows: TableRow[] = [];
    for (const ended of lines) {
      const text = withoutReturn(ended);
      line += 1;
      if (text.trim() !== "") rows.push(rowOf(line, text));
    }
    yield rows;
  }
}

function rowOf(line: number, text: string): TableRow {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
    if (mayLoseDigits(text)) parsed = JSON.parse(text, keepDigits);
  } catch (error) {
    return { line, problem: `not JSON: ${error instanceof Error ? error.message : String(error)}`, text };
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    return { line, problem: "expected a JSON object", text };
  }
  const flat = isFlat(parsed);
  const repeated = flat ? repeatedName(text, Object.keys(parsed).length) : repeatedOuterName(text);
  if (repeated !== undefined)
    return { line, problem: `"${repeated}" is there more than once: which value counts?`, text };
  if (flat && !text.includes("\\u")) return { line, values: parsed as PlainRow["values"] };
  return withoutUnfit(line, parsed, text);
}

/** Without values that are no plain ones, and without names and texts that would be stored as other ones. */
function withoutUnfit(line: number, parsed: object, text: string): PlainRow {
  const values: Record<string, TableValue> = {};
  const unfit = new Map<string, string>();
  const lists = new Map<string, string>();
  const objects = new Map<string, string>();
  for (const [name, value] of Object.entries(parsed) as [string, unknown][]) {
    const isName = name.isWellFormed();
    const held = isName ? heldBy(value) : "half a character in its name";
    if (held === undefined) setOwn(values, name, value as TableValue);
    else unfit.set(name, held);
    if (!isName || !Array.isArray(value)) continue;
    const isPlain = value.every((item) => heldBy(item) === undefined);
    (isPlain ? lists : objects).set(name, JSON.stringify(value));
  }
  if (unfit.size === 0) return { line, values };
  return {
    ...{ line, values, unfit, text },
    ...(lists.size === 0 ? {} : { lists }),
    ...(objects.size === 0 ? {} : { objects }),
  };
}

function heldBy(value: unknown): string | undefined {
  // UTF-8 has no surrogate without its other half.
  if (typeof value === "string") return value.isWellFormed() ? undefined : "half a character";
  if (typeof value !== "object" || value === null) return undefined;
  return Array.isArray(value) ? "a list" : "an object";
}

function isFlat(parsed: object): boolean {
  return Object.values(parsed).every((value) => value === null || typeof value !== "object");
}
