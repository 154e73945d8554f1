export * from "./topics.ts";
export type * from "./types.ts";
