import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { sortedLines, type SortOptions } from "../../../../loop/history/lines/sorted-lines.ts";
import type { BadTimedLine, TimedLine } from "../../../../loop/history/lines/timed-lines.ts";
import { random } from "../../../blueprints/random.ts";

type Line = TimedLine | BadTimedLine;
const options: SortOptions = { file: "d.csv", memoryBytes: 20_000, runs: 100 };

function shuffled(count: number, seed: number): Line[] {
  const next = random(seed);
  return Array.from({ length: count }, (_, index) => {
    const line = index + 2;
    const time = Math.floor(next() * count * 0.7);
    if (next() < 0.05) return { line, time, problem: "no time", text: `"x\u2028,${index}` };
    const cells = { a: `\u2028"é\n${index}`, b: next() < 0.1 ? null : index / 3, c: index % 2 === 0 };
    return { line, id: `d${index}`, time, cells };
  });
}

async function sorted(lines: readonly Line[], some: SortOptions): Promise<Line[]> {
  const found: Line[] = [];
  const source = async function* (): AsyncGenerator<Line> {
    yield* lines;
  };
  for await (const one of sortedLines(source(), some)) found.push(one);
  return found;
}

const folders = (): number => readdirSync(tmpdir()).filter((name) => name.startsWith("loopstream-sort-")).length;

test.each([1, 2, 3])(
  "lines come by time, those of one time as the file has them, through files and in memory (seed %i)",
  async (seed) => {
    const lines = shuffled(3_000, seed);
    const expected = [...lines].sort((a, b) => a.time - b.time || a.line - b.line);
    const before = folders();
    expect(await sorted(lines, options)).toEqual(expected);
    expect(await sorted(lines, { ...options, memoryBytes: 1e9 })).toEqual(expected);
    expect(folders()).toBe(before);
  },
);

test("an infinite number stays one that nothing can read", async () => {
  const lines = [9, 8].map((time) => ({ line: time, id: "a", time, cells: { a: Number.POSITIVE_INFINITY } }));
  const [first] = await sorted(lines, { ...options, memoryBytes: 1 });
  expect(first).toMatchObject({ time: 8, cells: { a: "Infinity" } });
});

test("more than the temporary files may hold is refused with the amount", async () => {
  await expect(sorted(shuffled(3_000, 4), { ...options, runs: 2 })).rejects.toThrow(
    /d\.csv: is more than --sort takes/,
  );
});
