import type { ModelState } from "../../schemas/index.ts";

/** A state in words, a canary's with its share: `canary 5%`, or `canary 5% of decisions` of a former release. */
export function stateText({ state, share, by }: Pick<ModelState, "state" | "share" | "by">): string {
  if (share === null) return state;
  return `${state} ${Number((share * 100).toPrecision(12))}%${by === "unit" ? "" : ` of ${by}s`}`;
}
