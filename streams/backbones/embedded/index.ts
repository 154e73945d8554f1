export {
  createEmbeddedBackbone,
  EmbeddedBackbone,
  type EmbeddedBackboneOptions,
  type LogMemory,
} from "./embedded-backbone.ts";
export { syncModes, type SyncMode } from "./disk-sync.ts";
export type { LogDatabase } from "./write-queue.ts";
