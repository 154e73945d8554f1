export { KeyedWindows, LOOKUP_MS } from "./keyed-windows.ts";
