import { DomainError } from "../../schemas/index.ts";
import type { Objective } from "../../blueprints/index.ts";
import type { Design } from "./design.ts";
import { coordinatesOf, type Coordinates } from "./coordinates.ts";
import { minimise, violation } from "./quadratic.ts";

export interface Fitting {
  readonly design: Design;
  readonly objective: Objective;
  /** One a row. */
  readonly labels: Float64Array;
  /** One a row; absent: 1. */
  readonly weights: Float32Array | undefined;
  readonly l1: number;
  readonly l2: number;
  /** The key that says it; absent: `model.l2`. */
  readonly l2Key?: string | undefined;
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface Fitted {
  readonly intercept: number;
  /** One a place of the design. */
  readonly values: Float64Array;
  /** The coordinates that are penalised, after the intercept. */
  readonly coefficients: Float64Array;
  /** The largest break of the conditions of the minimum, per unit of weight. */
  readonly violation: number;
}

/** Per unit of the rows' weight: no condition of the minimum is broken by more. */
export const TOLERANCE = 1e-7;
const MOST_STEPS = 100;

/**
 * Minimises Σ weight × loss + l1·|b|₁ + ½ l2·|b|² by proximal Newton steps (Lee, Sun and Saunders 2014), with the loss of logistic regression, or
 * half of the squared error. The intercept has no penalty.
 *
 * @throws DomainError `TRAINING_FAILED` if it does not converge
 */
export function elasticNet(fitting: Fitting): Fitted {
  const { design, l1, l2, onProgress } = fitting;
  const coordinates = coordinatesOf(design);
  const total = fitting.weights?.reduce((sum, weight) => sum + weight, 0) ?? design.rows;
  const tolerance = TOLERANCE * total;
  let weights = new Float64Array(coordinates.size);
  weights[0] = startOf(fitting, total);
  let now = look(fitting, coordinates, weights);
  for (let step = 0; ; step++) {
    onProgress?.(step, MOST_STEPS);
    const worst = weights.reduce((most, weight, at) => {
      const slope = now.gradient[at]! + (at === 0 ? 0 : l2 * weight);
      return Math.max(most, violation(slope, weight, at === 0 ? 0 : l1));
    }, 0);
    if (worst <= tolerance) {
      const { intercept, values } = coordinates.expand(weights);
      onProgress?.(MOST_STEPS, MOST_STEPS);
      return { intercept, values, coefficients: weights.slice(1), violation: worst / total };
    }
    if (step === MOST_STEPS) break;
    const hessian = coordinates.hessian(now.curves);
    const change = minimise(hessian, now.gradient, weights, { l1, l2, tolerance: tolerance / 10 });
    const before = now.loss + penalty(weights, l1, l2);
    let found = false;
    for (let length = 1; length > 1e-6; length /= 2) {
      const next = weights.map((weight, at) => weight + length * change[at]!);
      const then = look(fitting, coordinates, next);
      // Near the minimum the loss no longer tells steps apart.
      if (then.loss + penalty(next, l1, l2) > before + 1e-12 * Math.abs(before)) continue;
      [weights, now, found] = [next, then, true];
      break;
    }
    if (!found) break;
  }
  throw new DomainError(
    "TRAINING_FAILED",
    `the linear model does not converge in ${MOST_STEPS} steps: raise ${fitting.l2Key ?? "model.l2"} (it is ${l2})`,
  );
}

const penalty = (weights: Float64Array, l1: number, l2: number): number =>
  weights.subarray(1).reduce((sum, weight) => sum + l1 * Math.abs(weight) + (l2 / 2) * weight * weight, 0);

/** The intercept of the mean alone. */
function startOf({ labels, weights, objective }: Fitting, total: number): number {
  const mean = labels.reduce((sum, label, row) => sum + label * (weights?.[row] ?? 1), 0) / total;
  if (objective === "regression") return mean;
  const rate = Math.min(Math.max(mean, 1e-6), 1 - 1e-6);
  return Math.log(rate / (1 - rate));
}

interface Look {
  readonly loss: number;
  readonly gradient: Float64Array;
  /** The second derivative of each row's loss by its sum. */
  readonly curves: Float64Array;
}

/** The loss and its derivatives at some weights. */
function look({ design, objective, labels, weights }: Fitting, coordinates: Coordinates, at: Float64Array): Look {
  const sums = coordinates.sums(at);
  const slopes = new Float64Array(design.rows);
  const curves = new Float64Array(design.rows);
  let loss = 0;
  for (let row = 0; row < design.rows; row++) {
    const weight = weights?.[row] ?? 1;
    const [sum, label] = [sums[row]!, labels[row]!];
    if (objective === "regression") {
      loss += (weight * (sum - label) ** 2) / 2;
      slopes[row] = weight * (sum - label);
      curves[row] = weight;
      continue;
    }
    const chance = 1 / (1 + Math.exp(-sum));
    // log(1 + exp(sum)) − label × sum, which does not overflow.
    loss += weight * (Math.max(sum, 0) + Math.log1p(Math.exp(-Math.abs(sum))) - label * sum);
    slopes[row] = weight * (chance - label);
    curves[row] = weight * chance * (1 - chance);
  }
  return { loss, gradient: coordinates.gradient(slopes), curves };
}
