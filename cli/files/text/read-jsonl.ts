import { keepDigits, mayLoseDigits } from "./json-digits.ts";
import { repeatedName } from "./json-names.ts";
import { readLines, withoutReturn } from "./read-lines.ts";
import type { TableRow, TableValue } from "../table-row.ts";

/** Rows of a file with one flat JSON object a line. Blank lines are left out. A number that would lose digits stays text. */
export async function* readJsonl(path: string, gzip: boolean): AsyncGenerator<TableRow> {
  let line = 0;
  for await (const lines of readLines(path, gzip)) {
    for (const ended of lines) {
      const text = withoutReturn(ended);
      line += 1;
      if (text.trim() !== "") yield rowOf(line, text);
    }
  }
}

function rowOf(line: number, text: string): TableRow {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
    if (mayLoseDigits(text) && isFlat(parsed)) parsed = JSON.parse(text, keepDigits);
  } catch (error) {
    return { line, problem: `not JSON: ${error instanceof Error ? error.message : String(error)}`, text };
  }
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) {
    return { line, problem: "expected a JSON object", text };
  }
  if (isFlat(parsed)) {
    const broken = text.includes("\\u") ? Object.entries(parsed).find(isBroken) : undefined;
    const repeated = repeatedName(text, Object.keys(parsed).length);
    if (repeated !== undefined)
      return { line, problem: `"${repeated}" is there more than once: which value counts?`, text };
    if (broken === undefined) return { line, values: parsed };
    return { line, problem: `"${broken[0]}" holds half a character: it would be stored as another text`, text };
  }
  const nested = Object.entries(parsed).find(([, value]) => typeof value === "object" && value !== null);
  return { line, problem: `"${nested?.[0]}" holds a list or an object: only plain values make a table`, text };
}

function isFlat(parsed: unknown): parsed is Readonly<Record<string, TableValue>> {
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return false;
  return Object.values(parsed).every((value) => value === null || typeof value !== "object");
}

/** UTF-8 has no surrogate without its other half. */
function isBroken([, value]: readonly [string, TableValue]): boolean {
  return typeof value === "string" && !value.isWellFormed();
}
