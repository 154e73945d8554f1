import { compileBlueprint } from "../../../blueprints/index.ts";
import type { ModelState, TrainingRow } from "../../../schemas/index.ts";

export const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Episodes of a session, in which units may take turns. */
export const compiled = compileBlueprint(`
useCase: nudges
decisionSpace: { actions: [hold, send] }
context: { tired: number, session: key }
features: [tired]
observations: { clicked: boolean, left: boolean }
labels:
  click: { value: clicked, aggregate: any, wait: 10m, objective: regression }
  gone: { value: left, aggregate: any, default: 0, wait: 10m }
reward: click
episodes: { by: session, gap: 1h, length: 4, end: gone, discount: 0.5, learn: { learner: fittedQ } }
policy: { best: { share: 50% } }
ladder: {}
`);

interface Told {
  readonly modelId?: string;
  readonly unit?: string;
  readonly reason?: string;
  /** Of the steps; null: not known. */
  readonly clicks?: readonly (number | null)[];
  /** It ends with its last step. */
  readonly ends?: boolean;
  /** Of single steps. */
  readonly steps?: readonly Partial<TrainingRow>[];
}

/** The rows of an episode, a decision a minute. @param from event time of the first, ms */
export function episode(session: string, from: number, told: Told = {}): readonly TrainingRow[] {
  const { modelId = "old", unit = session, reason = "exploit", clicks = [1, 1], ends = true, steps = [] } = told;
  return clicks.map((click, at) => ({
    ...{
      decisionId: `${session} ${from} ${at}`,
      blueprintVersion: compiled.blueprint.version,
      decisionTime: from + at * MINUTE,
    },
    ...{
      unit,
      modelId,
      reason,
      episodeKey: session,
      value: at % 2 === 0 ? "send" : "hold",
      propensity: 0.5,
      tired: at,
    },
    ...{ mode: "online", maturity: "mature", maturity_click: "mature", maturity_gone: "mature", reward: click },
    ...{ label_click: click, label: click, label_gone: Number(ends && at === clicks.length - 1), ...steps[at] },
  }));
}

export const step = (time: number, share: number): ModelState => ({
  ...{ state: "canary", share, time, reason: "test", by: "unit", ladder: true },
});
