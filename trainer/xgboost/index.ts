export { Booster } from "./booster.ts";
export type { Validation } from "./early-stopping.ts";
export { XgboostError } from "./library.ts";
export { firstRounds, marginOf, marginsOf, parseModel, totalGain, type Tree, type TreeModel } from "./model.ts";
export type { XgboostParams } from "./params.ts";
export { loadXgboost, type TrainRequest, type Xgboost, type XgboostOptions } from "./xgboost.ts";
