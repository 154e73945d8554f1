import { learnerKinds, type LearnerKind } from "../../blueprints/index.ts";
import { searchModel } from "../search/search.ts";
import type { Learner } from "./learner.ts";

/** The best of all learners that say what a search may try of them, or of blends of them. */
export const auto: Learner<"auto"> = {
  kind: learnerKinds.get("auto") as LearnerKind<"auto">,
  module: import.meta.url,
  fit: searchModel,
};
