export { eventValues, eventWindows, partKey, tileKey, wholeTileKey, type WindowBytes } from "./event-windows.ts";
export type { Scope } from "./scope.ts";
export { blueprintTable, modelTable } from "./tables.ts";
