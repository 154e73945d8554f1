import type { WeightSpread } from "../statistics/index.ts";

/** How unequal the weights of a training's rows are, for people and logs. */
export function weightsText({ effectiveRows, largestShare }: WeightSpread): string {
  const heaviest = `${(100 * largestShare).toPrecision(2)} %`;
  return `by their weights they say as much as ${Math.round(effectiveRows)} equal ones, the heaviest is ${heaviest} of all`;
}
