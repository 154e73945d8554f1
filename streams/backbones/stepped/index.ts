export type { LaneMark, SteppedSource } from "./lane.ts";
export type { Pacing } from "./pacing.ts";
export { Stepped, type SteppedOptions } from "./stepped.ts";
