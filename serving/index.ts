export { readArtifact, sha256, writeArtifact } from "./artifacts.ts";
export { learnCategories, type Categories } from "./encoding/categories.ts";
export { encodeFeatures, type EncodeFeatures } from "./encoding/encode-features.ts";
export { modelCategories } from "./encoding/model-categories.ts";
export { labelOutputs, type LabelOutput } from "./label-outputs.ts";
export { readOnnxMetadata } from "./onnx/onnx-metadata.ts";
export { loadScorer, type Scorer } from "./scorer.ts";
export { ScorerCache } from "./scorers.ts";
export { servedModel, type ServedModel } from "./served-model.ts";
