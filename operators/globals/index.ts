export { eventWindowsTelling } from "./event-kinds.ts";
export {
  EVICTION_SLACK_MS,
  eventValues,
  eventWindows,
  partKey,
  tileKey,
  wholeTileKey,
  type WindowBytes,
} from "./event-windows.ts";
export {
  misfitHeaders,
  misfitsByName,
  misfitsIn,
  unusableOf,
  type MisfitPlace,
  type Misfits,
  type TellMisfit,
  type ToldMisfit,
} from "./misfits.ts";
export type { Scope } from "./scope.ts";
