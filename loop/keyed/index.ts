export { KeyedWindows } from "./keyed-windows.ts";
