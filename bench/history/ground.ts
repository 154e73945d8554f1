/** A use case of `numbers` numbers, and files of its history: every decision with one observation. */
import { once } from "node:events";
import { createWriteStream, writeFileSync } from "node:fs";
import { join } from "node:path";
import { finished } from "node:stream/promises";
import { random } from "../decisions/work/random.ts";

export const USE_CASE = "history";
const START = Date.UTC(2026, 0, 1);
const OBSERVED_AFTER_MS = 20 * 60_000;
const LINES_AT_ONCE = 1_000;

export interface Ground {
  readonly blueprint: string;
  readonly decisions: string;
  readonly observations: string;
}

/**
 * @param lines decisions, and as many observations.
 * @param gapMs event time from one decision to the next.
 */
export async function writeGround(dir: string, lines: number, numbers: number, gapMs: number): Promise<Ground> {
  const names = Array.from({ length: numbers }, (_, at) => `x${at}`);
  const ground = {
    blueprint: join(dir, "history.yaml"),
    decisions: join(dir, "decisions.csv"),
    observations: join(dir, "observations.csv"),
  };
  writeFileSync(ground.blueprint, blueprintOf(names));
  const draw = random(20260101);
  await writeLines(ground.decisions, `decision_id,decision_ts,${names.join(",")}`, lines, (line) => {
    const values = names.map(() => (draw() * 1_000).toFixed(3));
    return `d${line},${new Date(START + line * gapMs).toISOString()},${values.join(",")}`;
  });
  await writeLines(ground.observations, "decision_id,event_ts,y", lines, (line) => {
    const time = new Date(START + line * gapMs + OBSERVED_AFTER_MS).toISOString();
    return `d${line},${time},${draw() < 0.3 ? 1 : 0}`;
  });
  return ground;
}

const blueprintOf = (names: readonly string[]): string => `useCase: ${USE_CASE}
decisionSpace: boolean
context: { ${names.map((name) => `${name}: number`).join(", ")} }
observations: { y: number }
features: [${names.join(", ")}]
label: { name: hit, value: y > 0.5, wait: 1h }
policy: { decide: hit > 0.5 }
join: { ttl: 2h }
training: { schedule: none, freshRows: none, minRows: 200 }
`;

async function writeLines(path: string, head: string, lines: number, lineOf: (line: number) => string): Promise<void> {
  const file = createWriteStream(path);
  file.write(`${head}\n`);
  for (let from = 0; from < lines; from += LINES_AT_ONCE) {
    let text = "";
    for (let line = from; line < Math.min(lines, from + LINES_AT_ONCE); line++) text += `${lineOf(line)}\n`;
    if (!file.write(text)) await once(file, "drain");
  }
  file.end();
  await finished(file);
}
