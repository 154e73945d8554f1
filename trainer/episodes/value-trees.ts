import { DomainError } from "../../schemas/index.ts";
import { parseModel, type Tree, type TreeModel, type Xgboost, type XgboostParams } from "../xgboost/index.ts";
import type { EpisodeLearnerParameters } from "../../blueprints/index.ts";
import { isKnown, type EpisodeSteps } from "./episode-steps.ts";
import { statesOf, type States } from "./states.ts";

/**
 * Steps as trees learn from them: those of one state and action are one row. The mean of their targets with their number
 * as its weight has the same least squares.
 */
export interface ValueRows {
  readonly steps: EpisodeSteps;
  readonly states: States;
  /** Numbers of the steps whose rest is known, in the order of the log. */
  readonly known: Int32Array;
  /** The row of each of them. */
  readonly row: Int32Array;
  /** Of the rows, with a column more an action: 1 for the row's own, 0 for the others. */
  readonly features: Float32Array;
  readonly weights: Float32Array;
  /** States × actions rows of the same form. */
  readonly all: Float32Array;
}

export function valueRows(steps: EpisodeSteps): ValueRows {
  const states = statesOf(steps);
  const actions = steps.actions.length;
  const rows = new Map<number, number>();
  const [known, row, weights]: [number[], number[], number[]] = [[], [], []];
  for (let step = 0; step < steps.steps; step++) {
    if (!isKnown(steps, step)) continue;
    const cell = states.of[step]! * actions + steps.action[step]!;
    let at = rows.get(cell);
    if (at === undefined) {
      at = rows.size;
      rows.set(cell, at);
      weights.push(0);
    }
    known.push(step);
    row.push(at);
    weights[at]!++;
  }
  if (known.length === 0) {
    throw new DomainError(
      "BAD_TRAINING_DATA",
      "of no step it is known what came after: wait until episodes have a second step or an end",
    );
  }
  return {
    ...{ steps, states, known: Int32Array.from(known), row: Int32Array.from(row) },
    features: withActions(steps, states, [...rows.keys()]),
    weights: Float32Array.from(weights),
    all: withActions(
      steps,
      states,
      Array.from({ length: states.count * actions }, (_, cell) => cell),
    ),
  };
}

/** @param cells state · actions + action */
function withActions(
  { features, columns, actions }: EpisodeSteps,
  states: States,
  cells: readonly number[],
): Float32Array {
  const width = columns + actions.length;
  const rows = new Float32Array(cells.length * width);
  for (const [row, cell] of cells.entries()) {
    const from = states.first[Math.floor(cell / actions.length)]! * columns;
    rows.set(features.subarray(from, from + columns), row * width);
    rows[row * width + columns + (cell % actions.length)] = 1;
  }
  return rows;
}

/** The value of a state from those of its actions: `at` is the first of them. */
export type NextValue = (values: Float32Array, at: number, state: number) => number;

export interface ValueTrees {
  /** states × actions */
  readonly values: Float32Array;
  /** One an action. */
  readonly trees: readonly TreeModel[];
}

export interface ValueFit {
  readonly library: Xgboost;
  readonly parameters: EpisodeLearnerParameters["fittedQ"];
  readonly seed: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * Fitted iteration of values (Ernst, Geurts and Wehenkel 2005): again and again trees learn the reward and the discounted
 * value of the next state by the trees before. The action is a feature of theirs: what is wrong with a state is then wrong
 * with all of its actions alike, and their order stays right. An action that the log never took is worth as little as the
 * worst state and action.
 */
export function fitValues(rows: ValueRows, nextValue: NextValue, fit: ValueFit): ValueTrees {
  const { steps, states, known, row, features, weights, all } = rows;
  const { actions, columns, reward, terminal, next, discount } = steps;
  const width = columns + actions.length;
  const { iterations, rounds } = fit.parameters;
  const params = treeParams(fit);
  let values: Float32Array = new Float32Array(states.count * actions.length);
  const tried = actions.map((_, action) => steps.action.includes(action));
  let [model, least] = ["", 0];
  for (let iteration = 0; iteration < iterations; iteration++) {
    const worth = Float64Array.from({ length: states.count }, (_, state) =>
      nextValue(values, state * actions.length, state),
    );
    const sums = new Float64Array(weights.length);
    for (const [at, step] of known.entries()) {
      const rest = terminal[step] === 1 ? 0 : worth[states.of[next[step]!]!]!;
      sums[row[at]!]! += reward[step]! + discount * rest;
    }
    const booster = fit.library.train({
      ...{ features, weights, rows: weights.length, columns: width, params, rounds },
      labels: Float32Array.from(sums, (sum, at) => sum / weights[at]!),
    });
    try {
      values = booster.predict(all, states.count * actions.length);
      least = pressUntried(values, tried);
      if (iteration === iterations - 1) model = booster.toJson();
    } finally {
      booster.free();
    }
    fit.onProgress?.(iteration + 1, iterations);
  }
  const whole = parseModel(model);
  const trees = actions.map((_, action) =>
    tried[action] === true ? ofAction(whole, columns, action) : constant(least, columns),
  );
  return { values, trees };
}

/** Gives the actions that the log never took the least value of the others, and returns that. */
function pressUntried(values: Float32Array, tried: readonly boolean[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 0; at < values.length; at++)
    if (tried[at % tried.length] === true) least = Math.min(least, values[at]!);
  for (let at = 0; at < values.length; at++) if (tried[at % tried.length] === false) values[at] = least;
  return least;
}

/** A tree of one value. */
const constant = (value: number, columns: number): TreeModel => ({
  ...{ objective: "reg:squarederror", columns, baseScore: 0 },
  trees: [{ left: [-1], right: [-1], column: [0], condition: [value], missingLeft: [true], gain: [0] }],
});

/** In the library's own words. */
const treeParams = ({ parameters: { depth, learningRate, minChildWeight }, seed }: ValueFit): XgboostParams => ({
  ...{ objective: "reg:squarederror", tree_method: "hist", seed },
  ...{ max_depth: depth, eta: learningRate, min_child_weight: minChildWeight },
});

/** The trees that are left of those of all actions where one is taken: without their splits by action. */
function ofAction(model: TreeModel, columns: number, action: number): TreeModel {
  return { ...model, columns, trees: model.trees.map((tree) => pruned(tree, columns, action)) };
}

function pruned(tree: Tree, columns: number, action: number): Tree {
  const nodes: number[] = [];
  const [left, right]: [number[], number[]] = [[], []];
  const visit = (node: number): number => {
    const own = tree.column[node]!;
    if (tree.left[node]! >= 0 && own >= columns) {
      const value = own - columns === action ? 1 : 0;
      return visit((value < tree.condition[node]! ? tree.left : tree.right)[node]!);
    }
    const at = nodes.push(node) - 1;
    left.push(-1);
    right.push(-1);
    if (tree.left[node]! >= 0) {
      left[at] = visit(tree.left[node]!);
      right[at] = visit(tree.right[node]!);
    }
    return at;
  };
  visit(0);
  return {
    ...{ left, right },
    column: nodes.map((node) => tree.column[node]!),
    condition: nodes.map((node) => tree.condition[node]!),
    missingLeft: nodes.map((node) => tree.missingLeft[node]!),
    gain: nodes.map((node) => tree.gain[node]!),
  };
}
