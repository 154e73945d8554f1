import type { DecisionMode } from "../../schemas/index.ts";

/** Who acts: the policy, or the product's own choice; `loggingOnly` may draw uniformly. */
export type LearningMode = DecisionMode;

export interface LearningConfig {
  /** Until another one is set for the version. */
  readonly mode: LearningMode;
  /** What acts while it is `loggingOnly`. */
  readonly logging: "baseline" | "uniform";
  /** A formula of the features: the product's own choice of a value. Null: it is not known. */
  readonly baseline: string | null;
  /** Share of the units for which the product's own choice acts in every mode. */
  readonly holdout: number;
  /** When the loop proposes that the policy of an apprentice may act. Null: never. */
  readonly promote: PromotionRule | null;
}

export interface PromotionRule {
  /** Share of the decisions in which the policy proposed what the product did. */
  readonly agreement: number;
  /** At least so many decisions are looked at, the newest. */
  readonly decisions: number;
  /** What has to be the same of a ranking: the whole order, or its first option. */
  readonly positions: "all" | "first";
}
