export { createEmbeddedBackbone, hasLog } from "./open-embedded.ts";
export { EmbeddedBackbone } from "./embedded-backbone.ts";
export type { EmbeddedBackboneOptions, LogMemory } from "./embedded-options.ts";
export { syncModes, type SyncMode } from "./disk-sync.ts";
export type { LogDatabase } from "./write-queue.ts";
