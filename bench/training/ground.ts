/** A use case whose rows are on their topic, without the decisions that they are of. */
import { compileBlueprint } from "../../blueprints/index.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { createEmbeddedBackbone } from "../../streams/index.ts";
import { random } from "../decisions/work/random.ts";

export const USE_CASE = "many-rows";
const START = Date.UTC(2026, 0, 1);
const HOUR = 3_600_000;
const ROWS_AT_ONCE = 5_000;

export interface Size {
  readonly rows: number;
  readonly numbers: number;
  readonly trees: number;
  readonly depth: number;
}

/** Writes a log into a folder. Each label is drawn with a probability that depends on the first numbers. */
export async function writeRows(dir: string, { rows, numbers, trees, depth }: Size): Promise<void> {
  const names = Array.from({ length: numbers }, (_, at) => `x${at}`);
  const text = `useCase: ${USE_CASE}
decisionSpace: boolean
context: { ${names.map((name) => `${name}: number`).join(", ")} }
observations: { y: number }
features: [${names.join(", ")}]
label: { name: hit, value: y > 0.5, wait: 1h }
policy: { decide: hit > 0.5 }
model: { rounds: ${trees}, depth: ${depth} }
training: { schedule: none, freshRows: none, minRows: 200, holdout: 10% }
`;
  const backbone = await createEmbeddedBackbone({ dir });
  const tools = await openTools({ backbone, registry: backbone.registry, partitions: 1, codeVersion: "bench" });
  await publishBlueprint(tools, text);
  const compiled = compileBlueprint(text);
  const topic = rowsTopic(compiled);
  const draw = random(20260101);
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    const some = Array.from({ length: Math.min(ROWS_AT_ONCE, rows - from) }, (_, at) => {
      const decisionTime = START + (from + at) * 1_000;
      const features = Object.fromEntries(names.map((name) => [name, Math.round(draw() * 1e6) / 1e3]));
      const chance = ((features["x0"] ?? 0) + (features["x1"] ?? 0)) / 2_000;
      const value = {
        ...{ decisionId: `d${from + at}`, unit: `u${(from + at) % 1_000}`, modelId: null, mode: "loggingOnly" },
        ...{ blueprintVersion: compiled.blueprint.version, reason: "noModel", decisionTime },
        ...{ rowTime: decisionTime + HOUR, maturity: "mature", value: null, propensity: null, ...features },
        ...{ label: draw() < chance ? 1 : 0, prediction_hit: null, labelTime: decisionTime + HOUR },
      };
      return { topic, key: value.decisionId, value, time: value.rowTime };
    });
    await tools.publisher.publish(some);
  }
  await tools.close();
  await backbone.close();
}
