export { decide } from "./decide/operator.ts";
export { distributionProblem, isSamePropensity } from "./decide/logged-distribution.ts";
export { rankingProblem } from "./decide/logged-ranking.ts";
export { actionProblem, loggedAction, possibleActions, type LoggedReading } from "./decide/logged-action.ts";
export { setAt } from "./decide/acting.ts";
export { decideScored, decisionSeed, refusal, replyTo } from "./decide/logic.ts";
export { drawsOf } from "./decide/draw.ts";
export { fillGroup } from "./enrich/fill-group.ts";
export { answerLookup } from "./enrich/answer-lookup.ts";
export type { FarWindows, WindowValues } from "./enrich/far-windows.ts";
export { enrichBy, enrichRequest } from "./enrich/logic.ts";
export { enrich, enrichWithin } from "./enrich/operator.ts";
export { episodesOf, rowsOfEpisodes } from "./episodes/operator.ts";
export { etl } from "./etl/operator.ts";
export {
  EVICTION_SLACK_MS,
  eventValues,
  eventWindows,
  eventWindowsIn,
  eventWindowsOf,
  eventWindowsTelling,
  declaredTables,
  meantBy,
  nameIn,
  placeOfWord,
  posteriorPart,
  posteriorStates,
  readPosteriors,
  readTableRows,
  stateAt,
  updatesOf,
  rowMisfit,
  sharedStates,
  stateIdOf,
  stateKey,
  tableContent,
  tableSize,
  takeVersion,
  countsAsUnknown,
  wholeTileKey,
  WindowShares,
  type DeclaredTable,
  type KeptPosteriors,
  type KeptRows,
  type PosteriorSeries,
  type MisfitPlace,
  type RowBytes,
  type Scope,
  type TableSize,
  type TellMisfit,
  type ToldMisfit,
  type WindowBytes,
} from "./globals/index.ts";
export { believe, withBeliefs, type Believed } from "./infer/believe.ts";
export { notPredicted, predict, type Predicted } from "./infer/logic.ts";
export { infer, type Scorers } from "./infer/operator.ts";
export { join, joinDefaults, type JoinOptions } from "./join/operator.ts";
export { countDecision, HOUR_MS, newHour } from "./monitor/logic.ts";
export { GRACE_MS as hourlyStatsGraceMs, monitor, monitorOf } from "./monitor/operator.ts";
export { posteriorChanges, posteriorSums } from "./posterior/operator.ts";
export { restate } from "./restate/operator.ts";
