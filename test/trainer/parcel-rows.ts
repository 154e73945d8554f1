import { compileBlueprint } from "../../blueprints/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";

export const TEXT = `
useCase: parcels
decisionSpace: boolean
context: { weight: number, carrier: category }
features: [weight, carrier]
label: { name: late, value: minutes > 10, wait: 1h }
observations: { minutes: number }
model: { rounds: 12, depth: 3 }
policy: { decide: late > 0.5 }
training: { schedule: "0 4 * * *", freshRows: 20%, minRows: 200, holdout: 20% }
`;
export const HOUR = 3_600_000;
export const START = Date.UTC(2026, 0, 5);
export const compiled = compileBlueprint(TEXT);

/** One row a minute. `signal` 1: heavy ones are late; −1: light ones are; 0: it is a coin's. */
export function rows(from: number, count: number, signal: number): TrainingRow[] {
  let seed = 7 + from;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  return Array.from({ length: count }, (_, i) => {
    const weight = random() * 30;
    const decisionTime = START + (from + i) * 60_000;
    return {
      decisionId: `d${String(from + i).padStart(6, "0")}`,
      unit: "u",
      blueprintVersion: compiled.blueprint.version,
      modelId: null,
      mode: "loggingOnly",
      reason: "noModel",
      decisionTime,
      rowTime: decisionTime + HOUR,
      maturity: "mature",
      value: null,
      propensity: null,
      weight,
      carrier: random() < 0.5 ? "air" : null,
      label: random() < 0.5 + 0.4 * signal * (weight > 15 ? 1 : -1) ? 1 : 0,
      prediction_late: null,
      labelTime: null,
    };
  });
}
