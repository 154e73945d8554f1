export { onnxFromTrees } from "./from-xgboost.ts";
