import { Arena, type Floats, type Kernel } from "./arena.ts";
import { gatherCodes, spreadCodes, type Embedding } from "./embeddings.ts";
import type { Random } from "./random.ts";

export interface NetworkShape {
  /** How many numbers a row has. */
  readonly numbers: number;
  readonly embeddings: readonly Embedding[];
  /** Width of each hidden layer. */
  readonly hidden: readonly number[];
  readonly heads: number;
}

/** Sizes are rounded up to whole vectors; what is beyond the real size is 0 and stays so. */
const roundUp = (size: number): number => Math.ceil(Math.max(size, 1) / 8) * 8;

/** One dense layer. Its parts lie in the arena. */
interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  /** inputs × outputs, row-major. */
  readonly weights: Floats;
  readonly bias: Floats;
  readonly weightGradients: Floats;
  readonly biasGradients: Floats;
}

/** In a training, this share of the outputs of hidden layers is 0, drawn anew each time; others grow by as much. */
export interface Dropout {
  readonly share: number;
  readonly random: Random;
}

/** Running means of gradients or their squares, from 0 on. */
interface Moments {
  readonly moments: Floats;
  /** The share of that 0 in them. */
  left: number;
}

const [KEEP_FIRST, KEEP_SECOND, LEAST] = [0.9, 0.999, 1e-8];

/**
 * A multi-layer perceptron with rectified hidden layers, and its gradients, for batches of up to so many rows. All in
 * float32 and in one order: the same calls give the same bits on every machine.
 *
 * Inputs of a row are its numbers, and behind them the embedding of each of its codes.
 */
export class Network {
  readonly shape: NetworkShape;
  /** Most rows of a batch; a multiple of 4. */
  readonly batch: number;
  readonly layers: readonly Layer[];
  /** Of each embedding: codes × width. */
  readonly tables: readonly Floats[];
  readonly #tableGradients: readonly Floats[];
  /** Inputs of the first layer, outputs of each; batch × size. */
  readonly #values: readonly Floats[];
  readonly #gradients: readonly Floats[];
  readonly #turned: Floats;
  readonly #zeros: Floats;
  /** Weights and embeddings; then biases. With their gradients and moments, in the same order. */
  readonly #shrunk: Floats;
  readonly #all: Floats;
  readonly #allGradients: Floats;
  readonly #first: Moments;
  readonly #second: Moments;
  readonly #arena = new Arena();
  readonly #kernel: Kernel;

  constructor(shape: NetworkShape, batch: number, random: Random) {
    this.shape = shape;
    this.batch = Math.ceil(batch / 4) * 4;
    const given = shape.numbers + shape.embeddings.reduce((sum, { width }) => sum + width, 0);
    const sizes = [given, ...shape.hidden, shape.heads].map(roundUp);
    const pairs = sizes.slice(1).map((outputs, at) => ({ inputs: sizes[at]!, outputs }));
    const room = (length: number): Floats => this.#arena.room(length);
    const parameters = (): { weights: Floats[]; tables: Floats[]; biases: Floats[] } => ({
      weights: pairs.map(({ inputs, outputs }) => room(inputs * outputs)),
      tables: shape.embeddings.map(({ codes, width }) => room(codes * width)),
      biases: pairs.map(({ outputs }) => room(outputs)),
    });
    const spanOf = (from: Floats, to: Floats): Floats => ({ at: from.at, length: (to.at - from.at) / 4 });
    const { weights, tables, biases } = parameters();
    const end = room(0);
    const gradients = parameters();
    this.#all = spanOf(weights[0]!, end);
    this.#shrunk = spanOf(weights[0]!, biases[0]!);
    this.#allGradients = { at: gradients.weights[0]!.at, length: this.#all.length };
    this.#first = { moments: room(this.#all.length), left: 1 };
    this.#second = { moments: room(this.#all.length), left: 1 };
    this.tables = tables;
    this.#tableGradients = gradients.tables;
    this.layers = pairs.map((pair, at) => ({
      ...pair,
      weights: weights[at]!,
      bias: biases[at]!,
      weightGradients: gradients.weights[at]!,
      biasGradients: gradients.biases[at]!,
    }));
    const largest = Math.max(...pairs.map(({ inputs, outputs }) => inputs * outputs));
    this.#values = sizes.map((size) => room(this.batch * size));
    this.#gradients = sizes.map((size) => room(this.batch * size));
    this.#turned = room(Math.max(largest, this.batch * Math.max(...sizes)));
    this.#zeros = room(Math.max(...sizes));
    this.#kernel = this.#arena.open();
    this.#draw([given, ...shape.hidden], random);
  }

  /** Of parts of the network; valid as long as it is. */
  view(floats: Floats): Float32Array {
    return this.#arena.view(floats);
  }

  /** Inputs of the batch, batch × `layers[0].inputs`: a row's numbers are written to its start, embeddings by `embed`. */
  get inputs(): Float32Array {
    return this.view(this.#values[0]!);
  }

  /** Outputs of the batch, batch × the last layer's outputs; the heads first. */
  get outputs(): Float32Array {
    return this.view(this.#values.at(-1)!);
  }

  /** The gradient of the loss by each output is written here before `backward`; as `outputs`. */
  get outputGradients(): Float32Array {
    return this.view(this.#gradients.at(-1)!);
  }

  /** All parameters, to be kept and put back. */
  get parameters(): Float32Array {
    return this.view(this.#all);
  }

  /** The first input whose gradient is needed; before it there are whole vectors of numbers. */
  get #firstLearnt(): number {
    return Math.floor(this.shape.numbers / 8) * 8;
  }

  /** Of the last `backward`, in the order of the parameters. */
  get parameterGradients(): Float32Array {
    return this.view(this.#allGradients);
  }

  /** Weights are drawn within ±√(6 / inputs), embeddings within ±0.1; the last layer and biases start at 0. */
  #draw(inputs: readonly number[], random: Random): void {
    for (const [at, layer] of this.layers.slice(0, -1).entries()) {
      const weights = this.view(layer.weights);
      const limit = Math.sqrt(6 / Math.max(inputs[at]!, 1));
      const width = this.shape.hidden[at]!;
      for (let input = 0; input < inputs[at]!; input++) {
        for (let output = 0; output < width; output++) {
          weights[input * layer.outputs + output] = limit * (2 * random.next() - 1);
        }
      }
    }
    for (const table of this.tables) {
      const values = this.view(table);
      for (let at = 0; at < values.length; at++) values[at] = 0.1 * (2 * random.next() - 1);
    }
  }

  /**
   * Writes the embeddings of the codes behind the numbers of the inputs.
   *
   * @param codes rows × embeddings
   */
  embed(codes: Int32Array, rows: number): void {
    const place = { values: this.inputs, size: this.layers[0]!.inputs, first: this.shape.numbers };
    spreadCodes(
      this.shape.embeddings,
      this.tables.map((table) => this.view(table)),
      codes,
      rows,
      place,
    );
  }

  /**
   * The outputs of the inputs.
   *
   * @param rows of the batch; outputs behind them mean nothing
   * @param dropout of a training; absent: none
   */
  forward(rows: number, dropout?: Dropout): void {
    const count = Math.ceil(rows / 4) * 4;
    for (const [at, { inputs, outputs, weights, bias }] of this.layers.entries()) {
      const to = this.#values[at + 1]!;
      this.#kernel.multiply(this.#values[at]!.at, weights.at, bias.at, to.at, count, inputs, outputs);
      if (at === this.layers.length - 1) continue;
      this.#kernel.rectify(to.at, count * outputs);
      if (dropout === undefined || dropout.share === 0) continue;
      const values = this.view({ at: to.at, length: count * outputs });
      const scale = 1 / (1 - dropout.share);
      for (let i = 0; i < values.length; i++) {
        values[i] = dropout.random.next() < dropout.share ? 0 : values[i]! * scale;
      }
    }
  }

  /**
   * The gradients of all parameters from those of the outputs, behind `forward` of the same rows.
   *
   * @param codes as `embed` had them
   */
  backward(codes: Int32Array, rows: number, dropout?: Dropout): void {
    const kernel = this.#kernel;
    const count = Math.ceil(rows / 4) * 4;
    this.outputGradients.fill(0, rows * this.layers.at(-1)!.outputs);
    for (let at = this.layers.length - 1; at >= 0; at--) {
      const { inputs, outputs, weights, weightGradients, biasGradients } = this.layers[at]!;
      const [values, gradients] = [this.#values[at]!, this.#gradients[at + 1]!];
      kernel.sums(gradients.at, biasGradients.at, count, outputs);
      kernel.transpose(values.at, this.#turned.at, count, inputs);
      kernel.multiply(this.#turned.at, gradients.at, this.#zeros.at, weightGradients.at, inputs, count, outputs);
      if (at === 0 && this.tables.length === 0) return;
      // Of the inputs only embeddings are learnt.
      const first = at === 0 ? this.#firstLearnt : 0;
      const learnt = inputs - first;
      kernel.transpose(weights.at + 4 * first * outputs, this.#turned.at, learnt, outputs);
      const to = this.#gradients[at]!;
      kernel.multiply(gradients.at, this.#turned.at, this.#zeros.at, to.at, count, outputs, learnt);
      if (at === 0) continue;
      // What was dropped is 0, too.
      kernel.gate(to.at, values.at, count * inputs);
      if (dropout === undefined || dropout.share === 0) continue;
      const scaled = this.view({ at: to.at, length: count * inputs });
      const scale = 1 / (1 - dropout.share);
      for (let i = 0; i < scaled.length; i++) scaled[i]! *= scale;
    }
    const before = this.#firstLearnt;
    const place = {
      values: this.view(this.#gradients[0]!),
      size: this.layers[0]!.inputs - before,
      first: this.shape.numbers - before,
    };
    gatherCodes(
      this.shape.embeddings,
      this.#tableGradients.map((table) => this.view(table)),
      codes,
      rows,
      place,
    );
  }

  /**
   * One step of AdamW (Loshchilov and Hutter 2019) along the gradients.
   *
   * @param decay share of weights and embeddings that is taken away for each unit of the rate; biases keep theirs
   */
  step(rate: number, decay: number): void {
    this.#first.left *= KEEP_FIRST;
    this.#second.left *= KEEP_SECOND;
    const unbias = 1 / (1 - this.#second.left);
    const taken = rate / (1 - this.#first.left);
    const shrunk = this.#shrunk.length;
    const spans: readonly (readonly [number, number, number])[] = [
      [0, shrunk, 1 - rate * decay],
      [shrunk, this.#all.length - shrunk, 1],
    ];
    for (const [from, length, shrink] of spans) {
      const at = ({ at: first }: Floats): number => first + 4 * from;
      this.#kernel.step(
        ...[at(this.#all), at(this.#allGradients), at(this.#first.moments), at(this.#second.moments), length],
        ...[KEEP_FIRST, 1 - KEEP_FIRST, KEEP_SECOND, 1 - KEEP_SECOND, taken, unbias, LEAST, shrink],
      );
    }
  }
}
