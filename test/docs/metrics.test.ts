import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createMetrics, processMetrics } from "../../streams/index.ts";
import { root } from "../source-graph.ts";

const page = readFileSync(join(root, "docs/operations.md"), "utf8");

interface Declared {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  get(): Promise<{ readonly type: string }>;
}

const declared = createMetrics().registry.getMetricsAsArray() as unknown as readonly Declared[];

test("the page of operations has every metric with its type, its labels and its meaning, and no other", async () => {
  const rows = page
    .split("\n")
    .map((line) => line.split("|").map((cell) => cell.trim()))
    .filter((cells) => cells.length === 6 && /^`loopstream_\w+`$/.test(cells[1]!))
    .map((cells) => cells.slice(1, 5));
  const known = declared.map(async (metric) => [
    `\`${metric.name}\``,
    (await metric.get()).type,
    metric.labelNames.map((label) => `\`${label}\``).join(", "),
    metric.help,
  ]);
  expect(rows).toEqual(await Promise.all(known));
});

test("every metric that the documentation names is there", () => {
  const all = [...declared, ...processMetrics().getMetricsAsArray()].map(({ name }) => name);
  const named = [...page.matchAll(/`((?:loopstream|process|nodejs)_[a-z0-9_]+)(?:[`{ ])/g)].map((match) => match[1]!);
  const others = ["loopstream_source", "loopstream_place", "loopstream_latency_ms"];
  expect(named.length).toBeGreaterThan(40);
  expect([...new Set(named)].filter((name) => !all.includes(name) && !others.includes(name))).toEqual([]);
});
