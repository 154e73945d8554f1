export { onnxFromTrees } from "./from-xgboost.ts";
export { encodeModel, type Attribute, type Graph, type GraphNode, type GraphTensor } from "./graph.ts";
