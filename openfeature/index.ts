export { openFeatureProvider, type ProviderOptions } from "./provider.ts";
export { flagOf, type Flag, type FlagMetadata, type FlagReason } from "./flag-of.ts";
