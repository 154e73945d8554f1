export { bytesOfDoubles, doublesOf } from "./doubles.ts";
export { eventWindowsTelling } from "./event-kinds.ts";
export {
  EVICTION_SLACK_MS,
  eventValues,
  eventWindows,
  eventWindowsIn,
  sharedStates,
  eventWindowsOf,
  partKey,
  tileKey,
  wholeTileKey,
  type WindowBytes,
} from "./event-windows.ts";
export { placeOfWord, wordsFor } from "./event-words.ts";
export { declaredTables, meantBy, rowMisfit, type DeclaredTable } from "./declared-tables.ts";
export {
  misfitHeaders,
  misfitsByName,
  misfitsIn,
  misfitProblem,
  isOfCandidates,
  countsAsUnknown,
  unusableOf,
  type FoundMisfit,
  type MisfitPlace,
  type MisfitProblem,
  type Misfits,
  type TellMisfit,
  type ToldMisfit,
} from "./misfits.ts";
export {
  nameIn,
  posteriorKey,
  posteriorPart,
  posteriorStates,
  stateAt,
  stateOf,
  takeState,
  updatesOf,
  type PosteriorSeries,
} from "./posterior-states.ts";
export { KeptPosteriors, readPosteriors, type NumberedState } from "./read-posteriors.ts";
export { readTableRows, type KeptRows } from "./read-table-rows.ts";
export type { Scope } from "./scope.ts";
export { stateIdOf, WindowShares } from "./window-shares.ts";
export {
  stateKey,
  tableContent,
  tableSize,
  tableState,
  takeVersion,
  type RowBytes,
  type TableSize,
} from "./table-rows.ts";
