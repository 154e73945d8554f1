import type { Exploration } from "../../config/exploration-config.ts";
import { Registry } from "../../registry.ts";
import type { ExplorationKind } from "../exploration-kind.ts";
import { bootstrap } from "./bootstrap.ts";
import { epsilonGreedy } from "./epsilon-greedy.ts";
import { plackettLuce } from "./plackett-luce.ts";
import { softmax } from "./softmax.ts";
import { squareCb } from "./square-cb.ts";
import { swap } from "./swap.ts";
import { thompson } from "./thompson.ts";
import { uniform } from "./uniform.ts";

/** In the order of the reference. */
export const explorationKinds = new Registry<ExplorationKind>("kind of exploration", [
  ...[epsilonGreedy, softmax, squareCb, thompson, bootstrap, uniform, plackettLuce, swap],
]);

export const kindOfExploration = (exploration: Exploration): ExplorationKind => explorationKinds.get(exploration.kind);
