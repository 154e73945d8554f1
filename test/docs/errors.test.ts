import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { domainErrors } from "../../schemas/index.ts";
import { streamsErrors, type ErrorKind, type ErrorTable } from "../../streams/index.ts";
import { root, sourcesOf, topFolders } from "../source-graph.ts";

/** All but `statistics`, which imports nothing. */
const rooms = topFolders().filter(
  (folder) => !["bench", "clients", "docs", "examples", "package", "statistics", "test"].includes(folder),
);
const page = readFileSync(join(root, "docs/errors.md"), "utf8");

/** The rows under a heading, as cells. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  return section
    .split("\n")
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/g, "").trim()))
    .filter(([code]) => /^`[A-Z_]+`$/.test(code!));
}

function then({ flags }: ErrorKind): string {
  if (flags.ends) return "the record waits";
  if (flags.byHand) return "is tried again; a start ends";
  if (flags.retry) return "is tried again";
  if (flags.fence) return "joins again";
  return flags.fatal ? "the process ends" : "all else goes on";
}

const rowsOf = (table: ErrorTable): readonly (readonly string[])[] =>
  Object.entries(table).map(([code, kind]) => [`\`${code}\``, kind.meaning, kind.mend, then(kind)]);

test.each([
  ["Decisions, blueprints, models, files and commands", domainErrors],
  ["The runtime", streamsErrors],
])("the page has each code of the table with its meaning and its next step, and no other: %s", (heading, table) => {
  expect(rowsUnder(heading)).toEqual(rowsOf(table));
});

test("no code is in both tables", () => {
  expect(Object.keys(domainErrors).filter((code) => code in streamsErrors)).toEqual([]);
});

test("every code is used in the sources, so that none is told of that nobody can meet", () => {
  const tables = ["schemas/errors.ts", "streams/errors.ts"];
  const text = rooms
    .flatMap((room) => sourcesOf(room))
    .filter((file) => !tables.includes(file))
    .map((file) => readFileSync(join(root, file), "utf8"))
    .join("\n");
  const codes = [...Object.keys(domainErrors), ...Object.keys(streamsErrors)].filter(
    (code) => code !== "BROKEN_PROMISE",
  );
  expect(codes.filter((code) => !text.includes(`"${code}"`))).toEqual([]);
});

test("no room throws an error without a code", () => {
  const plain = rooms
    .flatMap((room) => sourcesOf(room))
    .filter((file) => /\bnew (Type|Range|Syntax|Aggregate)?Error\(/.test(readFileSync(join(root, file), "utf8")));
  expect(plain).toEqual([]);
});
