import { compileBlueprint } from "../../../blueprints/index.ts";
import { rowsTopic } from "../../../rows/index.ts";
import type { EpisodeStep, TrainingRow } from "../../../schemas/index.ts";

export const MINUTE = 60_000;

export const REMINDERS = `useCase: reminders
decisionSpace: { actions: [hold, send] }
context: { fatigue: number, mood: category }
observations: { clicked: number, left: boolean }
features: [fatigue, mood]
labels:
  clicks: { value: clicked, aggregate: sum, default: 0, wait: 10m, objective: regression }
  gone: { value: left, aggregate: any, default: 0, wait: 10m }
reward: clicks - 0.05
episodes: { gap: 1h, length: 5, end: gone or fatigue > 8, discount: 0.95 }
policy:
  decide: if(clicks > 0.5, "send", "hold")
join: { ttl: 3h }
`;
export const compiled = compileBlueprint(REMINDERS);
export const rows = rowsTopic(compiled);

export interface Given {
  readonly id: string;
  readonly unit: string;
  readonly time: number;
  readonly action?: string | null;
  readonly fatigue?: number | null;
  readonly clicks?: number;
  readonly gone?: number;
  /** Time of the row, ms; absent: 10 minutes after the decision. */
  readonly rowTime?: number;
}

export function rowOf({
  id,
  unit,
  time,
  action = "send",
  fatigue = 1,
  clicks = 0,
  gone = 0,
  rowTime,
}: Given): TrainingRow {
  return {
    ...{ decisionId: id, unit, blueprintVersion: compiled.blueprint.version, modelId: null },
    ...{ mode: "online", reason: "exploit", decisionTime: time, rowTime: rowTime ?? time + 10 * MINUTE },
    ...{ maturity: rowTime === undefined ? "mature" : "corrected", value: action, propensity: 0.5 },
    ...{ fatigue, mood: "calm", label: clicks, label_clicks: clicks, label_gone: gone },
    ...{ labelTime: null, labelTime_clicks: null, labelTime_gone: null },
    ...{ prediction_clicks: null, prediction_gone: null, reward: clicks - 0.05 },
  };
}

/** The last record of each decision, by key, time and id. */
export function lastSteps(steps: readonly EpisodeStep[]): readonly EpisodeStep[] {
  const last = new Map(steps.map((step) => [`${step.decisionTime} ${step.decisionId}`, step]));
  return [...last.values()].sort(
    (a, b) =>
      (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) ||
      a.decisionTime - b.decisionTime ||
      (a.decisionId < b.decisionId ? -1 : 1),
  );
}
