export { readOnnxMetadata } from "./onnx/onnx-metadata.ts";
export { loadScorer, type Scorer } from "./scorer.ts";
export { modelCategories } from "./model-categories.ts";
export { readArtifact, sha256, writeArtifact } from "./artifacts.ts";
export { ScorerCache } from "./scorers.ts";
