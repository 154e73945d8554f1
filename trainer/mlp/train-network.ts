import type { ModelConfig } from "../../blueprints/index.ts";
import { unitsOf } from "../classes.ts";
import { widthOf, type InputPlan, type Inputs } from "./input-plan.ts";
import { classLoss, headLoss, type Target } from "./loss.ts";
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

/** How often a number of a row counts as nothing in a training, so that the network leans on no single one. */
const LEFT_OUT = 0.1;

/** A default that changed would change the version of each blueprint that says none; so what a decay of 3 does has changed. */
const DECAY = 1 / 3;

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
    numbers: widthOf(plan),
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
  for (const [head, { objective, classOf, values }] of targets.entries()) {
    bias[head] = (classOf === undefined ? headLoss(objective) : classLoss).start(values, weights);
  }
}

/** One step, of `rows` rows of the order from `from` on; `left` is the share of the rate that is left. */
function stepper(
  network: Network,
  plan: InputPlan,
  { inputs, targets, weights }: NetworkRows,
  settings: ModelConfig<"mlp">,
  order: Int32Array,
): (from: number, rows: number, left: number) => void {
  const units = headUnits(targets);
  const codes = new Int32Array(network.batch * plan.categories.length);
  const unknown = new Random(settings.seed, 2);
  const leftOut = new Random(settings.seed, 4);
  const dropout = { share: settings.dropout, random: new Random(settings.seed, 3) };
  const codeOf = (code: number, embedding: number): number =>
    unknown.next() < UNKNOWN ? plan.categories[embedding]!.categories : code;
  const unit = weights === undefined ? 1 : weights.reduce((sum, weight) => sum + weight, 0) / inputs.rows;
  const size = network.layers.at(-1)!.outputs;
  return (from, rows, left) => {
    loadBatch(network, inputs, order, from, rows, codes, codeOf);
    leaveOut(plan, network, rows, leftOut);
    network.forward(rows, dropout);
    const [outputs, gradients] = [network.outputs, network.outputGradients];
    for (let at = 0; at < rows; at++) {
      const row = order[from + at]!;
      const weight = (weights?.[row] ?? 1) / unit / rows;
      for (const { head, loss, own } of units) {
        const place = at * size + head;
        const known = !own.some(({ values }) => Number.isNaN(values[row]));
        if (!known) gradients.fill(0, place, place + own.length);
        else if (loss === undefined) classLoss.slopes(outputs, place, valuesOf(own, row), weight, gradients);
        else gradients[place] = weight * loss.slope(outputs[place]!, own[0]!.values[row]!);
      }
    }
    network.backward(codes, rows, dropout);
    network.step(settings.learningRate * left, settings.weightDecay * DECAY);
  };
}

/** Some of the rows' numbers become 0, as a mean is, with their quarters. */
function leaveOut({ numbers, missing }: InputPlan, network: Network, rows: number, random: Random): void {
  const { inputs } = network;
  const size = network.layers[0]!.inputs;
  for (let from = 0; from < rows * size; from += size) {
    let quarter = from + numbers.length + missing.length;
    for (const [at, { quarters }] of numbers.entries()) {
      const behind = quarter + quarters.length;
      if (random.next() < LEFT_OUT) {
        inputs[from + at] = 0;
        for (let i = quarter; i < behind; i++) inputs[i] = 0;
      }
      quarter = behind;
    }
  }
}

/** The sum over the heads of their mean losses. */
function lossOfRows(network: Network, { inputs, targets, weights }: NetworkRows): number {
  const outputs = runNetwork(network, inputs);
  let loss = 0;
  for (const { head, loss: unitLoss, own } of headUnits(targets)) {
    let [sum, total] = [0, 0];
    for (const [row, value] of own[0]!.values.entries()) {
      if (Number.isNaN(value)) continue;
      const weight = weights?.[row] ?? 1;
      const place = row * targets.length + head;
      sum += weight * (unitLoss?.of(outputs[place]!, value) ?? classLoss.of(outputs, place, valuesOf(own, row)));
      total += weight;
    }
    if (total > 0) loss += sum / total;
  }
  return loss;
}

/** The heads that have one loss: one head, or those of the classes of a label, which then have no loss alone. */
function headUnits(targets: readonly Target[]): readonly {
  readonly head: number;
  readonly loss: ReturnType<typeof headLoss> | undefined;
  readonly own: readonly Target[];
}[] {
  let head = 0;
  return unitsOf(targets, ({ classOf }) => classOf).map((own) => {
    const first = head;
    head += own.length;
    const [{ objective, classOf }] = own as readonly [Target];
    return { head: first, loss: classOf === undefined ? headLoss(objective) : undefined, own };
  });
}

const valuesOf = (targets: readonly Target[], row: number): readonly number[] =>
  targets.map(({ values }) => values[row]!);
