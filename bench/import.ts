/**
 * `npm run bench:import [-- --lines 100000 --numbers 50 --gap 1000 --rounds 1 --keep DIR]`: the cost of the real
 * commands on a fresh embedded directory: `import` of a CSV file with the loop inside, `import --no-run`, and `rows
 * --out` of the rows that the first has made. CPU is user and system time of the whole process with its start; memory
 * is the most that was resident. `--gap` is the event time between two lines, ms. `--keep` leaves files and logs there.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { USE_CASE, writeGround } from "./history/ground.ts";
import { usageOf, type Usage } from "./history/usage.ts";
import { markdown, median } from "./rounds.ts";

const { values: flags } = parseArgs({
  options: {
    lines: { type: "string", default: "100000" },
    numbers: { type: "string", default: "50" },
    gap: { type: "string", default: "1000" },
    rounds: { type: "string", default: "1" },
    keep: { type: "string" },
  },
});
const [lines, numbers, gapMs, rounds] = [flags.lines, flags.numbers, flags.gap, flags.rounds].map(Number) as [
  number,
  number,
  number,
  number,
];
const dir = flags.keep ?? mkdtempSync(join(tmpdir(), "loopstream-import-"));
mkdirSync(dir, { recursive: true });

const found = new Map<string, Usage[]>();

async function measure(name: string, args: readonly string[]): Promise<void> {
  const usage = await usageOf(args, dir);
  found.set(name, [...(found.get(name) ?? []), usage]);
  console.error(`${name}: ${usage.cpu.toFixed(1)} s of CPU, ${usage.peakMiB.toFixed(0)} MiB`);
}

try {
  const ground = await writeGround(dir, lines, numbers, gapMs);
  for (let round = 0; round < rounds; round++) {
    for (const [name, more] of [
      ["import", ["--run"]],
      ["import --no-run", ["--no-run"]],
    ] as const) {
      const at = ["--dir", join(dir, `log${more.join("")}-${round}`)];
      await usageOf(["blueprint", "publish", ground.blueprint, ...at], dir);
      const files = ["--decisions", ground.decisions, "--observations", ground.observations];
      await measure(name, ["import", "--use-case", USE_CASE, ...files, ...more, ...at]);
      if (name !== "import") continue;
      for (const ending of ["parquet", "csv", "jsonl"]) {
        const out = join(dir, `rows.${ending}`);
        await measure(`rows --out .${ending}`, ["rows", "--use-case", USE_CASE, "--out", out, ...at]);
      }
    }
    if (flags.keep === undefined) rmSync(join(dir, `log--run-${round}`), { recursive: true });
    if (flags.keep === undefined) rmSync(join(dir, `log--no-run-${round}`), { recursive: true });
  }
  const of = (name: string, figure: (usage: Usage) => number): number => median(found.get(name)!.map(figure));
  const rows = of("rows --out .parquet", ({ cpu }) => cpu);
  const table = [...found.keys()].map((name) => {
    const cpu = of(name, (usage) => usage.cpu);
    const figures = [cpu.toFixed(1), ((cpu / lines) * 1e6).toFixed(1), (cpu / rows).toFixed(2)];
    const others = [of(name, ({ seconds }) => seconds).toFixed(1), of(name, ({ peakMiB }) => peakMiB).toFixed(0)];
    return [name, ...figures, ...others];
  });
  console.log(`${lines} lines of ${numbers} numbers, one every ${gapMs} ms of event time; ${rounds} rounds, medians\n`);
  console.log(markdown(["command", "CPU s", "µs a line", "to rows --out .parquet", "wall s", "peak MiB"], table));
} finally {
  if (flags.keep === undefined) rmSync(dir, { recursive: true, force: true });
}
