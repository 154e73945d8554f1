import { auto } from "./auto.ts";
import { constant } from "./constant.ts";
import type { Learner } from "./learner.ts";
import { linear } from "./linear.ts";
import { mlp } from "./mlp.ts";
import { registerLearner } from "./registry.ts";
import { xgboost } from "./xgboost.ts";

for (const learner of [xgboost, linear, mlp, constant, auto] as readonly Learner[]) registerLearner(learner);

export { learnerNamed, learnsTogether, registerLearner } from "./registry.ts";
