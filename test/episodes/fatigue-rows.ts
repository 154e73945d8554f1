import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { rowColumns } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import type { EpisodeSteps } from "../../trainer/episodes/episode-steps.ts";
import { START, STEP_MS } from "./fatigue-log.ts";

interface Made {
  /** Event time of the first decision, ms. */
  readonly from?: number;
  /** That made the decisions. */
  readonly modelId?: string | null;
  /** Of the units. */
  readonly name?: string;
  /** The episodes of the log that are taken; absent: all. */
  readonly isTaken?: (unit: string) => boolean;
}

/** What the loop makes of a simulated log of reminders: a user begins every ten minutes. */
export function fatigueRows(
  { blueprint }: CompiledBlueprint,
  log: EpisodeSteps,
  { from = START, modelId = null, name = "u", isTaken = () => true }: Made = {},
): readonly TrainingRow[] {
  const { starts, features, action, propensity, reward, next, terminal } = log;
  const empty = Object.fromEntries(rowColumns(blueprint).map((column) => [column, null]));
  return Array.from({ length: starts.length - 1 }, (_, episode) => {
    const unit = `${name}${episode}`;
    if (!isTaken(unit)) return [];
    const first = starts[episode]!;
    return Array.from({ length: starts[episode + 1]! - first }, (__, t): TrainingRow => {
      const step = first + t;
      const decisionTime = from + episode * 600_000 + t * STEP_MS;
      const [sent, won] = [action[step] === 1, reward[step]! > 0];
      const gone = terminal[step] === 1 && next[step] === -1 && t < 29;
      return {
        ...empty,
        ...{ decisionId: `${unit}-${t}`, unit, blueprintVersion: blueprint.version, modelId },
        ...{ mode: "online", reason: "exploit", decisionTime, rowTime: decisionTime + 600_000, maturity: "mature" },
        ...{ value: sent ? "send" : "hold", propensity: propensity[step]! },
        ...{ fatigue: features[3 * step]!, engagement: features[3 * step + 1]!, t: features[3 * step + 2]! },
        ...{ label: Number(sent && won), label_click: Number(sent && won), label_visit: Number(!sent && won) },
        ...{ label_cost: Number(sent), label_gone: Number(gone), reward: 0 },
      };
    });
  }).flat();
}
