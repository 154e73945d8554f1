export { blendModels } from "./blend-models.ts";
export { onnxFromNetwork, type Head } from "./from-network.ts";
export { onnxFromLinear, onnxFromLinearAndTrees, onnxOfMargin, type LinearModel } from "./from-linear.ts";
export { onnxFromTrees } from "./from-xgboost.ts";
export { joinModels, type LabelModel } from "./join-models.ts";
export {
  encodeModel,
  type Attribute,
  type ConstantTensor,
  type Graph,
  type GraphNode,
  type GraphTensor,
} from "./graph.ts";
export { rewriteModel, type ServedOutput } from "./rewrite-model.ts";
