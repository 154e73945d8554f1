export { readOnnxMetadata } from "./onnx-metadata.ts";
export { loadScorer, type Scorer } from "./scorer.ts";
export { productionModel } from "./production-model.ts";
