export type { LaneMark, SteppedSource } from "./lane.ts";
export { Stepped, type SteppedOptions } from "./stepped.ts";
