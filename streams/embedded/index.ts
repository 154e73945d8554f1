export { createEmbeddedBackbone, EmbeddedBackbone, type EmbeddedBackboneOptions } from "./embedded-backbone.ts";
