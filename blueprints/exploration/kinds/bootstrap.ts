import { BOUNDS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import { readNumber } from "../../yaml/scalars.ts";
import type { ExplorationKind } from "../exploration-kind.ts";

/**
 * Each option as often as it is the best by the heads of the model, each of which was trained on rows drawn with
 * replacement (Eckles and Kaptein 2014, Osband and Van Roy 2015): where rows are few the heads differ.
 */
export interface Bootstrap {
  readonly kind: "bootstrap";
  readonly heads: number;
}

declare module "../../config/exploration-config.ts" {
  interface ExplorationKinds {
    bootstrap: Bootstrap;
  }
}

export const bootstrap: ExplorationKind<Bootstrap> = {
  name: "bootstrap",
  draws: ["choice"],
  said: ["whole number: heads of the model", "one kind is required", rangeText("heads")],
  keys: () => ({}),
  heads: ({ heads }) => heads,
  fits: (_, scores) => scores.every(Number.isFinite),
  read(place) {
    const heads = readNumber(place, BOUNDS.heads, "whole");
    return heads === undefined ? undefined : { kind: "bootstrap", heads };
  },
  describe: ({ heads }) => [["bootstrap", heads]],
  canonical: ({ heads }) => heads,
  distribution({ heads }, _valueOf, { greedy, beliefs, scores }) {
    const best = new Array<number>(scores.length).fill(0);
    // Without a model there are no heads.
    if (beliefs.every((own) => own.length === 0)) return best.fill(1 / best.length);
    for (let head = 0; head < heads; head++) {
      // Of equal ones the policy's own choice, and then the first.
      let at = Math.max(0, greedy);
      for (const [other, own] of beliefs.entries()) if (own[head]! > beliefs[at]![head]!) at = other;
      best[at]!++;
    }
    return best.map((count) => count / heads);
  },
};
