/**
 * Decisions on a page, by a bundle of a model and its policy (docs/decisions/086-browser-bundle.md). The packed entry is one
 * file without imports.
 */
export { bundleOf, type Bundled } from "./bundle-of.ts";
export type { DecisionBundle } from "./decision-bundle.ts";
export { openBundle, type OpenBundle, type PageDecision, type PageReport } from "./open-bundle.ts";
export { runSession, type OnnxSession, type RunModel, type TensorClass } from "./run-session.ts";
export { whyNotPortable } from "./why-not-portable.ts";
