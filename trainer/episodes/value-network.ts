import { DomainError } from "../../schemas/index.ts";
import { momentsOf } from "../../statistics/index.ts";
import type { FitColumn } from "../learners/learner.ts";
import {
  embeddingWidth,
  exp,
  loadBatch,
  makeInputs,
  Network,
  planInputs,
  Random,
  runNetwork,
  widthOf,
} from "../mlp/index.ts";
import type { InputPlan } from "../mlp/index.ts";
import type { EpisodeLearnerParameters } from "../../blueprints/index.ts";
import { isKnown, type EpisodeSteps } from "./episode-steps.ts";
import { largest } from "./states.ts";

export interface ValueNetwork {
  /** An output an action, in units of `scale`. */
  readonly network: Network;
  readonly plan: InputPlan;
  /** The standard deviation of the rewards that episodes have from a step on. */
  readonly scale: number;
  /** steps × actions, in units of `scale` */
  readonly values: Float32Array;
}

export interface NetworkFit {
  readonly steps: EpisodeSteps;
  readonly inputs: readonly FitColumn[];
  readonly parameters: EpisodeLearnerParameters["conservativeQ"];
  readonly seed: number;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/**
 * A network that learns the value of each action from the reward and the value of the next state's best one. Beside the
 * squared error it takes log Σ exp Q − Q(a) down, with a the logged action: what the log never tried is not thought to be
 * good (Kumar, Zhou, Tucker and Levine 2020). The next states are valued by a copy that is renewed now and then.
 */
export function fitNetwork({ steps, inputs, parameters, seed, onProgress }: NetworkFit): ValueNetwork {
  const { alpha, width, epochs, learningRate, refresh } = parameters;
  const plan = planInputs(steps.features, steps.steps, steps.columns, inputs);
  const rows = makeInputs(steps.features, steps.steps, steps.columns, plan);
  const known = Int32Array.from(
    Array.from({ length: steps.steps }, (_, step) => step).filter((step) => isKnown(steps, step)),
  );
  const batch = Math.min(parameters.batch, Math.max(known.length, 1));
  const actions = steps.actions.length;
  const shape = {
    numbers: widthOf(plan),
    embeddings: plan.categories.map(({ categories }) => ({
      codes: categories + 1,
      width: embeddingWidth(categories),
    })),
    ...{ hidden: [width, width], heads: actions },
  };
  const network = new Network(shape, batch, new Random(seed, 0));
  const scale = scaleOf(steps);
  const shuffles = new Random(seed, 1);
  const codes = new Int32Array(network.batch * plan.categories.length);
  const size = network.layers.at(-1)!.outputs;
  const targets = new Float32Array(steps.steps);
  let taken = 0;
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffles.shuffle(known);
    for (let from = 0; from < known.length; from += batch) {
      if (taken++ % refresh === 0) renew(targets, steps, taken === 1 ? undefined : runNetwork(network, rows), scale);
      const count = Math.min(batch, known.length - from);
      loadBatch(network, rows, known, from, count, codes);
      network.forward(count);
      const [outputs, gradients] = [network.outputs, network.outputGradients];
      for (let at = 0; at < count; at++) {
        const step = known[from + at]!;
        const first = at * size;
        const most = largest(outputs, first, actions);
        let sum = 0;
        for (let action = 0; action < actions; action++)
          sum += gradients[first + action] = exp(outputs[first + action]! - most);
        for (let action = 0; action < actions; action++) gradients[first + action]! *= alpha / sum / count;
        const own = first + steps.action[step]!;
        gradients[own]! += (outputs[own]! - targets[step]! - alpha) / count;
      }
      network.backward(codes, count);
      network.step(learningRate * (1 - (epoch + from / known.length) / epochs), 0);
    }
    onProgress?.(epoch + 1, epochs);
  }
  if (network.parameters.some((parameter) => !Number.isFinite(parameter))) {
    throw new DomainError(
      "TRAINING_FAILED",
      `the steps became too large for numbers: set learningRate below ${learningRate}`,
    );
  }
  return { network, plan, scale, values: runNetwork(network, rows) };
}

/** @param values steps × actions; absent: all are 0 */
function renew(targets: Float32Array, steps: EpisodeSteps, values: Float32Array | undefined, scale: number): void {
  const { reward, terminal, next, discount, actions } = steps;
  for (let step = 0; step < steps.steps; step++) {
    const after = next[step]!;
    const rest =
      terminal[step] === 1 || values === undefined || after < 0
        ? 0
        : largest(values, after * actions.length, actions.length);
    targets[step] = reward[step]! / scale + discount * rest;
  }
}

function scaleOf({ reward, next, discount, steps }: EpisodeSteps): number {
  const returns = new Float32Array(steps);
  for (let step = steps - 1; step >= 0; step--)
    returns[step] = reward[step]! + (next[step]! < 0 ? 0 : discount * returns[next[step]!]!);
  const { deviation } = momentsOf(returns, undefined);
  return deviation > 0 ? deviation : 1;
}
