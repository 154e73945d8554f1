export { eventWindows, tileKey, type WindowBytes } from "./event-windows.ts";
export { blueprintTable, modelTable } from "./tables.ts";
