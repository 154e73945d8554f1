import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  declaredValue,
  decisionKeys,
  groupableEntries,
  misfitText,
  observedEvent,
  parseBlueprint,
  type DeclaredType,
} from "../../blueprints/index.ts";
import { timesOf } from "../../cli/flags/times.ts";
import { fileTables, knownSuffixes } from "../../cli/files/index.ts";
import { maxLineLength } from "../../cli/files/text/read-lines.ts";
import { headLines } from "../../cli/files/table-head.ts";
import { importFlags } from "../../cli/flags/import-flags.ts";
import { sortDefaults } from "../../loop/history/lines/sorted-lines.ts";
import { recordsOf } from "../../loop/history/lines/history-step.ts";
import { readHistory } from "../../loop/history/lines/read-history.ts";
import { readTimeCell } from "../../loop/history/times/time-cell.ts";
import { fileOf, testFolder } from "../cli/files/folder.ts";
import { root } from "../source-graph.ts";

const page = readFileSync(join(root, "docs/input.md"), "utf8");

/** The cells of a section's table, without its head. */
function tableOf(section: string): readonly (readonly string[])[] {
  const text = page.split(/^## /m).find((part) => part.startsWith(`${section}\n`)) ?? "";
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const code = (cell: string): string => /^`(.*)`$/.exec(cell)?.[1] ?? cell;
const written = (cell: string): string | number | boolean => JSON.parse(code(cell)) as string | number | boolean;
const recorded = (value: unknown): unknown => (Array.isArray(value) ? JSON.stringify(value) : value);
const badOf = (cell: string): string | undefined => /^bad: (.*)$/.exec(cell)?.[1];

describe("docs/input.md, types:", () => {
  const rows = tableOf("Types");

  test("the table has each type, and each type has a value that does not fit", () => {
    const [all, bad] = [rows, rows.filter(([, , is]) => badOf(is!) !== undefined)].map((some) => [
      ...new Set(some.map(([type]) => code(type!))),
    ]);
    expect(all).toEqual(["number", "boolean", "category", "key", "field", "text", "list", "vector(2)", "time"]);
    expect(bad).toEqual(["number", "boolean", "category", "field", "text", "list", "vector(2)", "time"]);
  });

  test.each(rows)("%s %s is %s", (declared, cell, is) => {
    const type = code(declared!) as DeclaredType;
    const value = written(cell!);
    const bad = badOf(is!);
    const read = declaredValue(type, value);
    if (bad !== undefined) expect([read, misfitText(type, value)]).toEqual([undefined, expect.stringContaining(bad)]);
    else expect(read).toEqual(is === "missing" ? null : written(is!));
  });
});

const blueprint = parseBlueprint(`
useCase: page
decisionSpace: boolean
context: { number: number, boolean: boolean, category: category, key: key, text: text, list: list, "vector": vector(2), time: time }
events: { seen: { fields: [field] } }
features: [number, boolean, category]
label: { name: big, value: field > 5, wait: 1h, default: 0 }
policy: { decide: big > 0.5 }
`);
const folder = testFolder();

describe("an import reads the page's types as the page says,", () => {
  const rows = tableOf("Types").map(([type, cell, is], index) => ({
    id: `r${index}`,
    type: code(type!).replace("(2)", ""),
    cell,
    is,
  }));
  const at = "2026-03-08T02:30:00Z";
  const line = {
    jsonl: ({ id, type, cell }: (typeof rows)[number]) => JSON.stringify({ id, at, [type]: written(cell!) }),
    csv: ({ id, type, cell }: (typeof rows)[number]) =>
      [
        id,
        at,
        ...columns.map((name) => (name === type ? `"${String(written(cell!)).replaceAll('"', '""')}"` : "")),
      ].join(","),
  };
  const columns = ["number", "boolean", "category", "key", "field", "text", "list", "vector", "time"];
  const heads = { jsonl: "", csv: `id,at,${columns.join(",")}\n` };

  test.each(["jsonl", "csv"] as const)("from %s", async (format) => {
    // A file has lists as texts.
    const shown = rows.filter(({ cell }) =>
      format === "jsonl" ? !Array.isArray(written(cell!)) : typeof written(cell!) === "string",
    );
    const file = (name: string, some: typeof rows): string =>
      fileOf(folder, `${name}.${format}`, heads[format] + some.map((row) => `${line[format](row)}\n`).join(""));
    const files = {
      decisions: file(
        "decisions",
        shown.filter(({ type }) => type !== "field"),
      ),
      observations: file(
        "observations",
        shown.filter(({ type }) => type === "field"),
      ),
    };
    const read = new Map<string, unknown>();
    const lines: string[] = [];
    for await (const step of readHistory(
      fileTables(files),
      { decisionId: "id", decisionTime: "at", observationTime: "at" },
      blueprint,
      { stepMs: 3.6e6 },
    )) {
      for (const { value } of recordsOf([...step.requests, ...step.outcomes])) {
        const { decisionId, context, values } = value as { decisionId: string; context?: {}; values?: {} };
        read.set(decisionId, Object.values(context ?? values ?? {})[0] ?? null);
      }
      lines.push(...step.bad.map(({ problem }) => problem));
    }
    const bad = shown.filter(({ is }) => badOf(is!) !== undefined);
    expect(lines.sort()).toEqual(
      bad
        .map(
          ({ type, cell }) =>
            `${type} ${misfitText((type === "vector" ? "vector(2)" : type) as DeclaredType, written(cell!))}`,
        )
        .sort(),
    );
    for (const { id, is } of shown) {
      if (badOf(is!) === undefined)
        expect([id, read.get(id)]).toEqual([id, is === "missing" ? null : recorded(written(is!))]);
      else expect(read.has(id)).toBe(false);
    }
  });
});

describe("docs/input.md, times:", () => {
  const rows = tableOf("Times");

  test("the table has times with and without each flag", () => {
    expect(rows.length).toBeGreaterThan(25);
    expect(new Set(rows.map(([, flag]) => code(flag!).split(" ")[0]))).toEqual(
      new Set(["", "--time-zone", "--time-unit"]),
    );
  });

  test.each(rows)("%s %s is %s", (cell, flags, is) => {
    const [flag, value = ""] = code(flags!).split(" ");
    const times = timesOf(
      flag === "--time-zone" ? { timeZone: value } : flag === "--time-unit" ? { timeUnit: value } : {},
    );
    const read = readTimeCell(written(cell!), times);
    const bad = badOf(is!);
    if (bad !== undefined) expect(read).toEqual(expect.stringContaining(bad));
    else expect(new Date(read as number).toISOString()).toBe(code(is!));
  });
});

describe("docs/input.md, events of observations:", () => {
  test.each(tableOf("Events of observations"))("%s, %s: %s", (context, observation, attributes) => {
    const keys = decisionKeys(groupableEntries(blueprint), JSON.parse(code(context!)) as Record<string, unknown>);
    const event = observedEvent(JSON.parse(code(observation!)) as Record<string, never>, keys);
    expect(event?.attributes ?? "none: it has no kind").toEqual(
      attributes!.startsWith("`") ? written(attributes!) : attributes,
    );
  });
});

describe("docs/input.md, files:", () => {
  const section = (name: string): string => page.split(/^## /m).find((part) => part.startsWith(`${name}\n`)) ?? "";
  const number = (value: number): string => value.toLocaleString("en");

  test("the endings are those that are read", () => {
    const endings = [
      ...section("Files")
        .split("\n- ")[0]!
        .matchAll(/`(\.[a-z.]+)`/g),
    ].map(([, ending]) => ending);
    expect(endings).toEqual(knownSuffixes);
  });

  test("what bounds a file is as it says", () => {
    expect(section("Files")).toContain(`the first ${number(headLines)} lines`);
    expect(section("Files")).toContain(`${number(maxLineLength)} characters`);
    const { memoryBytes, runs } = sortDefaults;
    expect(section("Order")).toContain(`${memoryBytes / (1 << 20)} MiB of lines in memory`);
    expect(section("Order")).toContain(`${(memoryBytes * runs) / 2 ** 30} GiB of lines`);
  });

  test("each flag that it names is one of the import", () => {
    const flags = Object.values(importFlags).flatMap(({ options }) => options.map(({ long }) => long));
    const named = ["Files", "Order", "Importing again", "Events of no decision"].flatMap((name) => [
      ...section(name).matchAll(/`(?:import )?(--[a-z-]+)/g),
    ]);
    expect(named.length).toBeGreaterThan(5);
    for (const [, flag] of named) expect(flags).toContain(flag);
  });
});
