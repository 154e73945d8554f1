import type { DecisionRecorded, HourlyStats, Joined } from "../../schemas/index.ts";
import { newDistribution, observe, toDistribution, type RunningDistribution } from "./distribution.ts";

export const HOUR_MS = 3_600_000;
export const hourOf = (time: number): number => Math.floor(time / HOUR_MS) * HOUR_MS;

/** One hour of one use case and blueprint version, as it grows. */
export interface RunningHour {
  decisions: number;
  nulls: number;
  errors: number;
  rows: number;
  expired: number;
  corrected: number;
  values: Record<string, number>;
  features: Record<string, RunningDistribution>;
  predictions: Record<string, RunningDistribution>;
  labels: RunningDistribution;
  latencyMs: RunningDistribution;
}

export const newHour = (): RunningHour => ({
  decisions: 0,
  nulls: 0,
  errors: 0,
  rows: 0,
  expired: 0,
  corrected: 0,
  values: {},
  features: {},
  predictions: {},
  labels: newDistribution(),
  latencyMs: newDistribution(),
});

/** @param names the features' names, in the vector's order. @param latencyMs NaN when it was not measured. */
export function countDecision(
  hour: RunningHour,
  decision: DecisionRecorded,
  names: readonly string[],
  latencyMs: number,
): void {
  hour.decisions++;
  if (decision.value === null) hour.nulls++;
  if (decision.reason === "error") hour.errors++;
  const value = String(decision.value);
  hour.values[value] = (hour.values[value] ?? 0) + 1;
  for (const [index, name] of names.entries()) {
    observe((hour.features[name] ??= newDistribution()), decision.features[index] ?? null);
  }
  for (const [name, prediction] of Object.entries(decision.predictions)) {
    observe((hour.predictions[name] ??= newDistribution()), prediction);
  }
  if (!Number.isNaN(latencyMs)) observe(hour.latencyMs, latencyMs);
}

export function countJoined(hour: RunningHour, joined: Joined): void {
  if (joined.label === null) {
    hour.expired++;
    return;
  }
  if (joined.maturity === "corrected") hour.corrected++;
  else hour.rows++;
  observe(hour.labels, joined.label);
}

export function toStats(
  hour: RunningHour,
  of: {
    readonly useCase: string;
    readonly blueprintVersion: string;
    readonly hour: number;
    readonly partition: number;
  },
): HourlyStats {
  const all = (running: Record<string, RunningDistribution>) =>
    Object.fromEntries(Object.entries(running).map(([name, distribution]) => [name, toDistribution(distribution)]));
  return {
    ...hour,
    ...of,
    features: all(hour.features),
    predictions: all(hour.predictions),
    labels: toDistribution(hour.labels),
    latencyMs: toDistribution(hour.latencyMs),
  };
}
