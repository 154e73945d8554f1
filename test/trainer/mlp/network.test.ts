import { describe, expect, test } from "vitest";
import { Arena, type Floats } from "../../../trainer/mlp/arena.ts";
import { Network, type Dropout, type NetworkShape } from "../../../trainer/mlp/network.ts";
import { Random } from "../../../trainer/mlp/random.ts";

const { fround } = Math;
const draws = (seed: number, length: number): Float32Array => {
  const random = new Random(seed, 9);
  return Float32Array.from({ length }, () => 2 * random.next() - 1);
};

describe("the kernel", () => {
  const [rows, inner, columns] = [12, 7, 16];
  const arena = new Arena();
  const [left, right, first, to] = [rows * inner, inner * columns, columns, rows * columns].map((length) =>
    arena.room(length),
  ) as [Floats, Floats, Floats, Floats];
  const kernel = arena.open();
  for (const [at, floats] of [left, right, first].entries()) arena.view(floats).set(draws(at, floats.length));

  test("multiplies matrices to the bit: one rounded product after the other is added to the first row", () => {
    kernel.multiply(left.at, right.at, first.at, to.at, rows, inner, columns);
    const [a, b, bias] = [left, right, first].map((floats) => arena.view(floats)) as [
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    const wanted = Float32Array.from({ length: to.length }, (_, at) => {
      const [row, column] = [Math.floor(at / columns), at % columns];
      let sum = bias[column]!;
      for (let i = 0; i < inner; i++) sum = fround(sum + fround(a[row * inner + i]! * b[i * columns + column]!));
      return sum;
    });
    expect(arena.view(to)).toEqual(wanted);
  });

  test("transposes", () => {
    kernel.transpose(left.at, to.at, rows, inner);
    const given = arena.view(left);
    const turned = arena.view(to).subarray(0, left.length);
    expect(turned).toEqual(given.map((_, at) => given[(at % rows) * inner + Math.floor(at / rows)]!));
  });
});

const shape: NetworkShape = {
  numbers: 3,
  embeddings: [
    { codes: 4, width: 2 },
    { codes: 3, width: 3 },
  ],
  hidden: [5, 11],
  heads: 2,
};
const ROWS = 7;
const numbers = draws(4, ROWS * shape.numbers);
const codes = Int32Array.from({ length: ROWS * 2 }, (_, at) => (at * 5 + 1) % (at % 2 === 0 ? 4 : 3));
/** A loss whose derivatives are these: the sum of output × factor. */
const factors = draws(5, ROWS * shape.heads);

/** All parts drawn, the last layer and the biases too. */
function drawn(): Network {
  const network = new Network(shape, ROWS, new Random(3, 0));
  const sizes = [8, ...shape.hidden, shape.heads];
  for (const [at, { weights, bias, outputs }] of network.layers.entries()) {
    const values = network.view(weights);
    const some = draws(10 + at, values.length);
    for (let input = 0; input < sizes[at]!; input++) {
      for (let output = 0; output < sizes[at + 1]!; output++)
        values[input * outputs + output] = some[input * outputs + output]!;
    }
    network.view(bias).set(draws(20 + at, sizes[at + 1]!));
  }
  return network;
}

function load(network: Network): void {
  for (let row = 0; row < ROWS; row++) {
    network.inputs.set(numbers.subarray(row * 3, row * 3 + 3), row * network.layers[0]!.inputs);
  }
  network.embed(codes, ROWS);
}

/** The same in doubles, from parameters that lie as the network's do. */
function plainLoss(network: Network, parameters: Float64Array): number {
  const start = network.layers[0]!.weights.at;
  const value = ({ at }: Floats, index: number): number => parameters[(at - start) / 4 + index]!;
  let loss = 0;
  for (let row = 0; row < ROWS; row++) {
    let values = [...numbers.subarray(row * 3, row * 3 + 3)];
    for (const [at, { width }] of shape.embeddings.entries()) {
      for (let i = 0; i < width; i++) values.push(value(network.tables[at]!, codes[row * 2 + at]! * width + i));
    }
    for (const [at, { weights, bias, outputs }] of network.layers.entries()) {
      const width = [...shape.hidden, shape.heads][at]!;
      const isLast = at === network.layers.length - 1;
      values = Array.from({ length: width }, (_, output) => {
        const sum = values.reduce(
          (total, one, input) => total + one * value(weights, input * outputs + output),
          value(bias, output),
        );
        return isLast ? sum : Math.max(sum, 0);
      });
    }
    for (const [head, output] of values.entries()) loss += output * factors[row * shape.heads + head]!;
  }
  return loss;
}

describe("a network", () => {
  test("has the gradients of finite differences, for every weight, bias and embedding", () => {
    const network = drawn();
    load(network);
    network.forward(ROWS);
    const outputs = network.layers.at(-1)!.outputs;
    for (let row = 0; row < ROWS; row++) {
      network.outputGradients.set(factors.subarray(row * 2, row * 2 + 2), row * outputs);
    }
    network.backward(codes, ROWS);
    const gradients = network.parameterGradients;
    const parameters = Float64Array.from(network.parameters);
    const step = 1e-6;
    let moved = 0;
    for (const [at, parameter] of parameters.entries()) {
      const loss = (value: number): number => plainLoss(network, parameters.with(at, value));
      const difference = (loss(parameter + step) - loss(parameter - step)) / (2 * step);
      expect(Math.abs(gradients[at]! - difference), `parameter ${at}`).toBeLessThan(
        1e-4 * Math.max(1, Math.abs(difference)),
      );
      if (difference !== 0) moved++;
    }
    expect(moved).toBeGreaterThan(100);
  });

  test("predicts what doubles predict", () => {
    const network = drawn();
    load(network);
    network.forward(ROWS);
    let loss = 0;
    for (const [at, factor] of factors.entries()) {
      loss += factor * network.outputs[Math.floor(at / 2) * network.layers.at(-1)!.outputs + (at % 2)]!;
    }
    expect(loss).toBeCloseTo(plainLoss(network, Float64Array.from(network.parameters)), 4);
  });

  test("steps as AdamW does, and takes nothing of biases away", () => {
    const network = drawn();
    const before = Float64Array.from(network.parameters);
    const gradients = draws(6, before.length);
    const [first, second] = [new Float64Array(before.length), new Float64Array(before.length)];
    const [rate, decay] = [0.01, 2];
    const biases = (network.layers[0]!.bias.at - network.layers[0]!.weights.at) / 4;
    for (let step = 1; step <= 3; step++) {
      network.parameterGradients.set(gradients);
      network.step(rate, decay);
      for (const [at, gradient] of gradients.entries()) {
        first[at] = 0.9 * first[at]! + 0.1 * gradient;
        second[at] = 0.999 * second[at]! + 0.001 * gradient * gradient;
        const [mean, square] = [first[at]! / (1 - 0.9 ** step), second[at]! / (1 - 0.999 ** step)];
        before[at] = before[at]! * (at < biases ? 1 - rate * decay : 1) - (rate * mean) / (Math.sqrt(square) + 1e-8);
      }
    }
    expect(Math.max(...network.parameters.map((value, at) => Math.abs(value - before[at]!)))).toBeLessThan(1e-5);
  });

  test("has the same gradients for rows of a batch that is not full, whatever stood there before", () => {
    const gradientsOf = (size: number): Float32Array => {
      const network = new Network(shape, size, new Random(3, 0));
      network.view(network.layers.at(-1)!.weights).fill(0.5);
      network.inputs.fill(9);
      network.outputGradients.fill(9);
      load(network);
      network.forward(ROWS);
      const outputs = network.layers.at(-1)!.outputs;
      for (let row = 0; row < ROWS; row++) network.outputGradients.fill(1, row * outputs, (row + 1) * outputs);
      network.backward(codes, ROWS);
      return network.parameterGradients.slice();
    };
    expect(gradientsOf(32)).toEqual(gradientsOf(ROWS));
  });

  test("leaves out the hidden outputs that are drawn, and has the gradients of what is left", () => {
    const network = drawn();
    load(network);
    const outputs = network.layers.at(-1)!.outputs;
    const dropout = (): Dropout => ({ share: 0.4, random: new Random(1, 1) });
    const loss = (): number => {
      network.embed(codes, ROWS);
      network.forward(ROWS, dropout());
      return factors.reduce((sum, factor, at) => sum + factor * network.outputs[(at >> 1) * outputs + (at % 2)]!, 0);
    };
    const whole = plainLoss(network, Float64Array.from(network.parameters));
    expect(Math.abs(loss() - whole)).toBeGreaterThan(0.1);
    for (let row = 0; row < ROWS; row++) {
      network.outputGradients.set(factors.subarray(row * 2, row * 2 + 2), row * outputs);
    }
    network.backward(codes, ROWS, dropout());
    const gradients = network.parameterGradients.slice();
    const before = network.parameters.slice();
    for (let direction = 0; direction < 5; direction++) {
      const way = draws(30 + direction, before.length);
      const at = (step: number): number => {
        network.parameters.set(before.map((value, index) => value + step * (gradients[index] === 0 ? 0 : way[index]!)));
        return loss();
      };
      const wanted = gradients.reduce((sum, gradient, index) => sum + gradient * way[index]!, 0);
      const difference = (at(1e-3) - at(-1e-3)) / 2e-3;
      expect(Math.abs(difference - wanted)).toBeLessThan(0.01 * Math.max(1, Math.abs(wanted)));
    }
  });
});
