import type { ModelConfig } from "../../blueprints/index.ts";
import type { InputPlan, Inputs } from "./input-plan.ts";
import { headLoss, type Target } from "./loss.ts";
import { Network } from "./network.ts";
import { Random } from "./random.ts";
import { loadBatch, runNetwork } from "./run-network.ts";

/** Rows with what they tell each head. */
export interface NetworkRows {
  readonly inputs: Inputs;
  /** One a head. */
  readonly targets: readonly Target[];
  /** One a row, not negative; absent: all count the same. */
  readonly weights?: Float32Array | undefined;
}

export interface NetworkTraining {
  readonly plan: InputPlan;
  readonly train: NetworkRows;
  /** Rows that say when to stop; absent: it makes all epochs. */
  readonly judge?: NetworkRows | undefined;
  readonly settings: ModelConfig<"mlp">;
  /** After each epoch. */
  readonly onEpoch?: ((done: number, total: number) => void) | undefined;
}

export interface TrainedNetwork {
  readonly network: Network;
  /** Those that made it. */
  readonly epochs: number;
}

/** How often a category counts as unknown in a training, so that the code of unknown ones is learnt, too. */
const UNKNOWN = 0.02;

/** Of few rows the batches are smaller than asked: so many steps an epoch, of so many rows at least. */
const [STEPS, LEAST_BATCH] = [200, 16];

/** Numbers that a category is embedded in. */
export const embeddingWidth = (categories: number): number => Math.min(8, Math.ceil(Math.sqrt(categories)));

/**
 * Trains by AdamW in batches of rows in a drawn order. The rate falls evenly to 0 over all epochs. With rows that judge, the
 * network is the one of the epoch with the least loss on them.
 */
export function trainNetwork({ plan, train, judge, settings, onEpoch }: NetworkTraining): TrainedNetwork {
  const { epochs, seed } = settings;
  const { rows } = train.inputs;
  const batch = Math.min(settings.batch, Math.max(LEAST_BATCH, Math.floor(rows / STEPS)));
  const shape = {
    numbers: plan.numbers.length + plan.missing.length,
    embeddings: plan.categories.map(({ categories }) => ({
      codes: categories + 1,
      width: embeddingWidth(categories),
    })),
    hidden: settings.hidden,
    heads: train.targets.length,
  };
  const network = new Network(shape, batch, new Random(seed, 0));
  startAtConstants(network, train);
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  const shuffles = new Random(seed, 1);
  const step = stepper(network, plan, train, settings, order);
  const best = { loss: Number.POSITIVE_INFINITY, epoch: epochs - 1, parameters: new Float32Array(0) };
  for (let epoch = 0; epoch < epochs; epoch++) {
    shuffles.shuffle(order);
    for (let from = 0; from < rows; from += batch) {
      step(from, Math.min(batch, rows - from), 1 - (epoch + from / rows) / epochs);
    }
    onEpoch?.(epoch + 1, epochs);
    if (judge === undefined) continue;
    const loss = lossOfRows(network, judge);
    if (loss < best.loss) Object.assign(best, { loss, epoch, parameters: network.parameters.slice() });
    else if (epoch - best.epoch >= settings.patience) break;
  }
  if (best.parameters.length > 0) network.parameters.set(best.parameters);
  return { network, epochs: best.epoch + 1 };
}

/** The last layer's biases start where every row is predicted the best constant. */
function startAtConstants(network: Network, { targets, weights }: NetworkRows): void {
  const bias = network.view(network.layers.at(-1)!.bias);
  for (const [head, { objective, values }] of targets.entries())
    bias[head] = headLoss(objective).start(values, weights);
}

/** One step, of `rows` rows of the order from `from` on; `left` is the share of the rate that is left. */
function stepper(
  network: Network,
  plan: InputPlan,
  { inputs, targets, weights }: NetworkRows,
  settings: ModelConfig<"mlp">,
  order: Int32Array,
): (from: number, rows: number, left: number) => void {
  const { heads } = network.shape;
  const losses = targets.map(({ objective }) => headLoss(objective));
  const codes = new Int32Array(network.batch * plan.categories.length);
  const unknown = new Random(settings.seed, 2);
  const dropout = { share: settings.dropout, random: new Random(settings.seed, 3) };
  const codeOf = (code: number, embedding: number): number =>
    unknown.next() < UNKNOWN ? plan.categories[embedding]!.categories : code;
  const unit = weights === undefined ? 1 : weights.reduce((sum, weight) => sum + weight, 0) / inputs.rows;
  const size = network.layers.at(-1)!.outputs;
  return (from, rows, left) => {
    loadBatch(network, inputs, order, from, rows, codes, codeOf);
    network.forward(rows, dropout);
    const [outputs, gradients] = [network.outputs, network.outputGradients];
    for (let at = 0; at < rows; at++) {
      const row = order[from + at]!;
      const weight = (weights?.[row] ?? 1) / unit / rows;
      for (let head = 0; head < heads; head++) {
        const { values } = targets[head]!;
        const value = values[row]!;
        const place = at * size + head;
        gradients[place] = Number.isNaN(value) ? 0 : weight * losses[head]!.slope(outputs[place]!, value);
      }
    }
    network.backward(codes, rows, dropout);
    network.step(settings.learningRate * left, settings.weightDecay);
  };
}

/** The sum over the heads of their mean losses. */
function lossOfRows(network: Network, { inputs, targets, weights }: NetworkRows): number {
  const outputs = runNetwork(network, inputs);
  let loss = 0;
  for (const [head, { objective, values }] of targets.entries()) {
    const { of } = headLoss(objective);
    let [sum, total] = [0, 0];
    for (const [row, value] of values.entries()) {
      if (Number.isNaN(value)) continue;
      const weight = weights?.[row] ?? 1;
      sum += weight * of(outputs[row * targets.length + head]!, value);
      total += weight;
    }
    if (total > 0) loss += sum / total;
  }
  return loss;
}
