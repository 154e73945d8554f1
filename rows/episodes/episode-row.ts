import type { CompiledEpisodes } from "../../blueprints/index.ts";
import type { EpisodeRow, TrainingRow } from "../../schemas/index.ts";

/** What an episode needs of a row. */
export function episodeRowOf(row: TrainingRow, episodes: CompiledEpisodes): EpisodeRow {
  const { value, propensity } = row;
  return {
    decisionId: row["decisionId"] as string,
    decisionTime: row["decisionTime"] as number,
    blueprintVersion: row["blueprintVersion"] as string,
    maturity: row["maturity"] as string,
    state: episodes.features.map((name) => (row[name] ?? null) as number | string | null),
    action: value === null ? null : String(value),
    propensity: typeof propensity === "number" ? propensity : null,
    reward: episodes.rewardOf(row),
    ends: episodes.ends(row),
  };
}
