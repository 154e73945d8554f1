import { XgboostError } from "./library.ts";

/** One regression tree; every array has one entry a node, node 0 is the root. */
export interface Tree {
  /** node number of the child, -1 at a leaf */
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** column a node splits on */
  readonly column: readonly number[];
  /** float32 threshold (left when value < threshold); at a leaf its value, learning rate included */
  readonly condition: readonly number[];
  /** whether a missing value goes left */
  readonly missingLeft: readonly boolean[];
  /** loss saved by a split, 0 at a leaf */
  readonly gain: readonly number[];
  /** sum of the second derivatives of the rows that came to a node; absent: not known */
  readonly cover?: readonly number[] | undefined;
}

/** The parts of a score: margin + the sum of one leaf a tree, then the objective's link. */
export interface TreeModel {
  readonly objective: string;
  readonly columns: number;
  /** prediction before the first tree, on the scale of the labels */
  readonly baseScore: number;
  /** round after round; of several classes a round has a tree for each, in their order */
  readonly trees: readonly Tree[];
  /** of `multi:softprob`: the margin of each class before the first tree; `baseScore` says nothing then */
  readonly classMargins?: readonly number[] | undefined;
}

interface JsonTree {
  readonly left_children: readonly number[];
  readonly right_children: readonly number[];
  readonly split_indices: readonly number[];
  readonly split_conditions: readonly number[];
  readonly split_type: readonly number[];
  readonly default_left: readonly (number | boolean)[];
  readonly loss_changes: readonly number[];
  readonly sum_hessian: readonly number[];
}

interface JsonModel {
  readonly learner: {
    readonly objective: { readonly name: string };
    readonly learner_model_param: {
      readonly base_score: string;
      readonly num_feature: string;
      readonly num_class: string;
      readonly num_target: string;
    };
    readonly gradient_booster: {
      readonly name: string;
      readonly model: { readonly trees: readonly JsonTree[]; readonly tree_info?: readonly number[] };
    };
  };
}

/**
 * Reads XGBoost's JSON model (versions 2 and 3) of numeric splits with one output, or of version 3 with one a class.
 *
 * @throws XgboostError for a model with several outputs of another kind, categorical splits or another booster than `gbtree`
 */
export function parseModel(json: string): TreeModel {
  const { learner } = JSON.parse(json) as JsonModel;
  const { name, model } = learner.gradient_booster;
  const { base_score, num_feature, num_class, num_target } = learner.learner_model_param;
  if (name !== "gbtree") throw new XgboostError("model", `booster ${name} can't be read; train with booster=gbtree`);
  const classes = Number(num_class);
  const isOfClasses = learner.objective.name === "multi:softprob" && classes > 1;
  if ((classes > 1 && !isOfClasses) || Number(num_target) > 1) {
    throw new XgboostError("model", "a model with several outputs can't be read; train one model an output");
  }
  if (isOfClasses) {
    const classMargins = JSON.parse(base_score) as readonly number[];
    const inOrder = model.tree_info?.every((of, at) => of === at % classes) === true;
    if (classMargins.length !== classes || !inOrder)
      throw new XgboostError("model", `its ${classes} classes do not have a base score and a tree of each round`);
    return {
      ...{ objective: learner.objective.name, columns: Number(num_feature), baseScore: 0, classMargins },
      trees: model.trees.map(parseTree),
    };
  }
  // XGBoost 3.1 and later write a list: "[5E-1]".
  const baseScore = Number(base_score.replace(/^\[|\]$/g, ""));
  if (!Number.isFinite(baseScore)) throw new XgboostError("model", `base_score ${base_score} is not one number`);
  return {
    objective: learner.objective.name,
    columns: Number(num_feature),
    baseScore,
    trees: model.trees.map(parseTree),
  };
}

function parseTree(tree: JsonTree): Tree {
  if (tree.split_type.some((type) => type !== 0)) {
    throw new XgboostError("model", "a categorical split can't be read; pass categories as numbers");
  }
  return {
    left: tree.left_children,
    right: tree.right_children,
    column: tree.split_indices,
    condition: tree.split_conditions,
    missingLeft: tree.default_left.map(Boolean),
    gain: tree.loss_changes,
    cover: tree.sum_hessian,
  };
}

/**
 * The margin before the first tree. XGBoost keeps a base score of 0 or 1 (labels of one class) off the infinite ends by
 * the same amount.
 */
export function marginOf({ objective, baseScore }: Pick<TreeModel, "objective" | "baseScore">): number {
  if (objective !== "binary:logistic") return baseScore;
  const clipped = Math.min(Math.max(baseScore, 1e-6), 1 - 1e-6);
  return Math.log(clipped / (1 - clipped));
}

/** The margin of each output before the first tree. */
export const marginsOf = (model: TreeModel): readonly number[] => model.classMargins ?? [marginOf(model)];

/** The model after some rounds of one tree each, or of one a class. */
export const firstRounds = (model: TreeModel, rounds: number): TreeModel => ({
  ...model,
  trees: model.trees.slice(0, rounds * (model.classMargins?.length ?? 1)),
});

/** Share of the loss each column saved over all splits (XGBoost's `total_gain`): sums to 1, or zeros without a split. */
export function totalGain(model: TreeModel): readonly number[] {
  const gains = new Array<number>(model.columns).fill(0);
  for (const tree of model.trees) {
    tree.left.forEach((child, node) => {
      if (child < 0) return;
      const column = tree.column[node] ?? 0;
      gains[column] = (gains[column] ?? 0) + (tree.gain[node] ?? 0);
    });
  }
  const total = gains.reduce((sum, gain) => sum + gain, 0);
  return total > 0 ? gains.map((gain) => gain / total) : gains;
}
