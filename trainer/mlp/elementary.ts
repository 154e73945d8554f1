/**
 * Exponential and logarithm from additions, multiplications and divisions alone. `Math.exp` and `Math.log` may differ in
 * the last bit between machines and engines; a model's bytes may not.
 */

const LN2 = 0.6931471805599453;
/** ln 2 in two parts: the product of the first with a whole number below 2^11 is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);
/** The word with the exponent. Of this machine: typed arrays have its byte order. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** Within 4 units in the last place from -700 to 700; beyond them, the value there. */
export function exp(x: number): number {
  const clipped = Math.min(Math.max(x, -700), 700);
  const power = Math.round(clipped / LN2);
  const rest = clipped - power * LN2_HIGH - power * LN2_LOW;
  let sum = 1;
  for (let n = 14; n > 0; n--) sum = 1 + (rest / n) * sum;
  words[1 - HIGH] = 0;
  words[HIGH] = (power + 1023) << 20;
  return sum * double[0]!;
}

/** Within 4 units in the last place; of a finite number from 2^-1022 on. */
export function log(x: number): number {
  double[0] = x;
  let power = (words[HIGH]! >>> 20) - 1023;
  words[HIGH] = (words[HIGH]! & 0xf_ffff) | (1023 << 20);
  if (double[0]! > Math.SQRT2) {
    double[0]! /= 2;
    power++;
  }
  const ratio = (double[0]! - 1) / (double[0]! + 1);
  const square = ratio * ratio;
  let sum = 0;
  for (let n = 25; n > 0; n -= 2) sum = sum * square + 1 / n;
  return power * LN2_HIGH + (2 * ratio * sum + power * LN2_LOW);
}

export const sigmoid = (x: number): number => (x < 0 ? exp(x) / (1 + exp(x)) : 1 / (1 + exp(-x)));
