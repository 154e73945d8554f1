import { normal } from "../../trainer/weights/world.ts";
import type { ModelledRewards, Spread } from "../../../statistics/index.ts";

/**
 * One-step decisions whose truth is known: 8 actions, 5 features. The probability of a reward is a logistic function
 * with a wave in it, which a linear model does not get right. What the numbers of the world are made of is the same
 * bits in every language; contexts, actions and rewards are draws of an own seed.
 */
const ACTIONS = 8;
const FEATURES = 5;
const row = (seed: number, stream: number, scale: number): readonly (readonly number[])[] =>
  Array.from({ length: ACTIONS }, (_, a) =>
    Array.from({ length: FEATURES }, (_, j) => scale * normal(seed, stream, a, j)),
  );
export const theta = row(7, 2, 0.4);
export const phi = row(7, 5, 1);

export const worlds = {
  mild: { epsilon: 0.4, beta: 0.5 },
  heavy: { epsilon: 0.08, beta: 1.5 },
} as const;
/** A target's probability of an action: of what was logged, and of the softmax of six times the linear scores and of their opposite. */
type Target = (logged: number, best: number, worst: number, world: keyof typeof worlds) => number;
/** So the target `equal` is worth what was logged, within 0.0003. */
const EQUAL = { mild: 0.3942803725446265, heavy: 0.37246507055295663 };
export const targets = {
  better: (_, best) => 0.02 / ACTIONS + 0.98 * best,
  tiny: (logged, best) => 0.92 * logged + 0.08 * best,
  equal: (logged, best, worst, world) => 0.5 * logged + 0.5 * (EQUAL[world] * best + (1 - EQUAL[world]) * worst),
} satisfies Record<string, Target>;

/** Mean reward of the target `better` over 1,000,000 contexts; its own error is 0.0003. */
export const TRUTH = 0.40668506678408733;

/** mulberry32: uniform in [0, 1). */
function uniformOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const dot = (weights: readonly number[], x: Float64Array, at: number): number => {
  let all = 0;
  for (let j = 0; j < FEATURES; j++) all += weights[j]! * x[at + j]!;
  return all;
};

function softmaxInto(out: Float64Array, at: number, epsilon: number): void {
  let most = -Infinity;
  for (let a = 0; a < ACTIONS; a++) most = Math.max(most, out[at + a]!);
  let all = 0;
  for (let a = 0; a < ACTIONS; a++) all += out[at + a] = Math.exp(out[at + a]! - most);
  for (let a = 0; a < ACTIONS; a++) out[at + a] = epsilon / ACTIONS + ((1 - epsilon) * out[at + a]!) / all;
}

const RIDGE = [0.1, ...Array.from({ length: FEATURES }, () => 1)];

/** Ridge regression of the rewards of one action, of the decisions that `isIn`; by Gaussian elimination. */
function ridge(
  x: Float64Array,
  actions: Int32Array,
  rewards: Float64Array,
  action: number,
  isIn: (i: number) => boolean,
): readonly number[] {
  const n = FEATURES + 1;
  const a = RIDGE.map((penalty, i) => Array.from({ length: n + 1 }, (_, j) => (i === j ? penalty : 0)));
  for (let i = 0; i < rewards.length; i++) {
    if (actions[i] !== action || !isIn(i)) continue;
    const z = [1, ...x.subarray(FEATURES * i, FEATURES * (i + 1)), rewards[i]!];
    for (let r = 0; r < n; r++) for (let c = 0; c <= n; c++) a[r]![c]! += z[r]! * z[c]!;
  }
  // The matrix is positive definite: no pivoting is needed.
  for (let p = 0; p < n; p++) {
    for (let r = 0; r < n; r++) {
      if (r === p) continue;
      const factor = a[r]![p]! / a[p]![p]!;
      for (let c = p; c <= n; c++) a[r]![c]! -= factor * a[p]![c]!;
    }
  }
  return a.map((one, r) => one[n]! / one[r]!);
}

/** Decisions of the logging policy with their rewards, and the target's weights; the model is a ridge a fold and action. */
export function logOf(
  world: keyof typeof worlds,
  seed: number,
  n: number,
  target: keyof typeof targets = "better",
): ModelledRewards & { readonly spreads: readonly Spread[] } {
  const draw = uniformOf(seed);
  const { epsilon, beta } = worlds[world];
  const x = new Float64Array(n * FEATURES);
  for (let k = 0; k < x.length; k += 2) {
    const [radius, angle] = [Math.sqrt(-2 * Math.log(1 - draw())), 2 * Math.PI * draw()];
    x[k] = radius * Math.cos(angle);
    if (k + 1 < x.length) x[k + 1] = radius * Math.sin(angle);
  }
  const of: Target = targets[target];
  const wanted = new Float64Array(n * ACTIONS);
  const [best, worst] = [new Float64Array(ACTIONS), new Float64Array(ACTIONS)];
  const logging = new Float64Array(ACTIONS);
  const actions = new Int32Array(n);
  const [weights, rewards] = [new Float64Array(n), new Float64Array(n)];
  const spreads: Spread[] = [];
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < ACTIONS; a++) {
      best[a] = 6 * dot(theta[a]!, x, FEATURES * i);
      worst[a] = -best[a]!;
      logging[a] = beta * dot(phi[a]!, x, FEATURES * i);
    }
    softmaxInto(best, 0, 0);
    softmaxInto(worst, 0, 0);
    softmaxInto(logging, 0, epsilon);
    for (let a = 0; a < ACTIONS; a++) wanted[ACTIONS * i + a] = of(logging[a]!, best[a]!, worst[a]!, world);
    let [action, rest] = [0, draw()];
    while (action < ACTIONS - 1 && rest >= logging[action]!) rest -= logging[action++]!;
    const wave = 0.6 * Math.sin(2 * x[FEATURES * i + (action % FEATURES)]!);
    const chance = 1 / (1 + Math.exp(1.5 - dot(theta[action]!, x, FEATURES * i) - wave));
    actions[i] = action;
    rewards[i] = Number(draw() < chance);
    const logged = logging.slice();
    spreads.push({ logged, weights: logged.map((probability, a) => wanted[ACTIONS * i + a]! / probability) });
    weights[i] = wanted[ACTIONS * i + action]! / logging[action]!;
  }
  const models = [0, 1].map((fold) =>
    theta.map((_, action) => ridge(x, actions, rewards, action, (i) => i % 2 !== fold)),
  );
  const [predicted, expected] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    for (let a = 0; a < ACTIONS; a++) {
      const [intercept, ...slopes] = models[i % 2]![a]!;
      const q = Math.min(1, Math.max(0, intercept! + dot(slopes, x, FEATURES * i)));
      expected[i]! += wanted[ACTIONS * i + a]! * q;
      if (a === actions[i]) predicted[i] = q;
    }
  }
  return { weights, rewards, predicted, expected, spreads };
}
