import type { CompiledEpisodes } from "../../blueprints/index.ts";
import type { EpisodeRow, EpisodeState, EpisodeStep } from "../../schemas/index.ts";
import type { EpisodePlace } from "./divide.ts";

/** A decision's row with the one that follows it, as a step. */
export function stepOf(
  episodes: CompiledEpisodes,
  key: string,
  { row, next, episodeId, place }: StepParts,
): EpisodeStep {
  const { step, terminal, truncated } = place;
  return {
    ...{ episodeId, key, episodes: episodes.id, step, decisionId: row.decisionId, decisionTime: row.decisionTime },
    ...{ blueprintVersion: row.blueprintVersion, maturity: row.maturity, state: stateOf(row, episodes) },
    ...{ action: row.action, propensity: row.propensity, possibleActions: episodes.actions, reward: row.reward },
    nextDecisionId: next?.decisionId ?? null,
    nextState: next === undefined ? null : stateOf(next, episodes),
    nextAction: next?.action ?? null,
    timeDifference: next === undefined ? null : next.decisionTime - row.decisionTime,
    ...{ terminal, truncated },
  };
}

export interface StepParts {
  readonly row: EpisodeRow;
  /** Of the decision that follows. */
  readonly next: EpisodeRow | undefined;
  /** Of the episode's first decision. */
  readonly episodeId: string;
  readonly place: EpisodePlace;
}

function stateOf({ state }: EpisodeRow, { features }: CompiledEpisodes): EpisodeState {
  const named: Record<string, number | string | null> = {};
  for (const [at, name] of features.entries()) named[name] = state[at] ?? null;
  return named;
}
