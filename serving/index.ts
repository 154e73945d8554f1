export { readOnnxMetadata } from "./onnx-metadata.ts";
export { loadScorer, type Scorer } from "./scorer.ts";
export { modelCategories } from "./model-categories.ts";
export { productionModel } from "./production-model.ts";
