import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { recordLimits } from "../../schemas/index.ts";
import { createMetrics, streamsLimits } from "../../streams/index.ts";
import { root } from "../source-graph.ts";

const limits = Object.entries({ ...streamsLimits, ...recordLimits });

interface Row {
  readonly name: string;
  readonly value: number;
  readonly past: string;
  readonly shown: string;
}

/** Rows whose first cell is one name in backticks. */
const rows: readonly Row[] = readFileSync(join(root, "docs/limits.md"), "utf8")
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .filter((cells) => /^`\w+`$/.test(cells[1] ?? ""))
  .map(([, name, value, past, shown]) => ({
    name: name!.slice(1, -1),
    value: Number(value!.replaceAll(",", "")),
    past: past!,
    shown: shown!,
  }));

test("every limit has one row on the page, with its value, and the page names no other", () => {
  expect(rows.map(({ name, value }) => [name, value])).toEqual(limits);
});

test("every row says what happens past the limit, and names a metric that exists, or that a command without metrics has it", () => {
  const metrics = createMetrics().registry.getMetricsAsArray();
  for (const { name, past, shown } of rows) {
    expect(past, name).not.toBe("");
    if (shown.startsWith("no metric: ")) continue;
    const named = [...shown.matchAll(/`(loopstream_\w+)/g)].map((match) => match[1]!);
    expect(named, name).not.toEqual([]);
    for (const metric of named) expect(metrics.map((each) => each.name)).toContain(metric);
  }
});
