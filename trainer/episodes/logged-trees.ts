import { loggedName } from "../../blueprints/index.ts";
import { onnxFromTrees, type LabelModel } from "../onnx/index.ts";
import { parseModel, type Xgboost } from "../xgboost/index.ts";
import type { EpisodeSteps } from "./episode-steps.ts";
import { ofSteps, statesOf } from "./states.ts";

export interface LoggedPolicy {
  /** Outputs `logged_<action>`. */
  readonly model: LabelModel;
  /** steps × actions */
  readonly logged: Float32Array;
}

/** A cautious clone: leaves of few steps would say of rare states that an action is never taken there. */
const ROUNDS = 100;
const PARAMS = { tree_method: "hist", max_depth: 4, eta: 0.1, min_child_weight: 5 } as const;

/** Trees that learn with which probability the log takes each action. Alike states with alike actions are one row. */
export function cloneLogged(library: Xgboost, steps: EpisodeSteps, seed: number): LoggedPolicy {
  const { columns, actions } = steps;
  const states = statesOf(steps);
  const counts = new Float64Array(states.count * actions.length);
  for (let step = 0; step < steps.steps; step++) counts[states.of[step]! * actions.length + steps.action[step]!]!++;
  const cells = [...counts.keys()].filter((cell) => counts[cell]! > 0);
  const stateOf = (cell: number): number => Math.floor(cell / actions.length);
  const rowOf = (state: number): Float32Array =>
    steps.features.subarray(states.first[state]! * columns, (states.first[state]! + 1) * columns);
  const rowsOf = (some: readonly number[]): Float32Array => {
    const rows = new Float32Array(some.length * columns);
    for (const [row, state] of some.entries()) rows.set(rowOf(state), row * columns);
    return rows;
  };
  const booster = library.train({
    ...{ features: rowsOf(cells.map(stateOf)), rows: cells.length, columns, rounds: ROUNDS },
    labels: Float32Array.from(cells, (cell) => cell % actions.length),
    weights: Float32Array.from(cells, (cell) => counts[cell]!),
    params: { ...PARAMS, objective: "multi:softprob", num_class: actions.length, seed },
  });
  try {
    const names = actions.map(loggedName);
    const onnx = onnxFromTrees(parseModel(booster.toJson()), {}, names);
    const all = Array.from({ length: states.count }, (_, state) => state);
    const shares = booster.predict(rowsOf(all), states.count);
    const logged = ofSteps(shares, states, actions.length);
    return { model: { label: "logged", onnx, outputs: new Map(names.map((name) => [name, name])) }, logged };
  } finally {
    booster.free();
  }
}
