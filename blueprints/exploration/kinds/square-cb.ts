import { BOUNDS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import type { ExplorationKind } from "../exploration-kind.ts";

/** By the gaps between the scores: the larger the gap, the rarer (Foster and Rakhlin 2020, SquareCB). */
export interface SquareCb {
  readonly kind: "squareCb";
  readonly gamma: number | string;
}

declare module "../../exploration-config.ts" {
  interface ExplorationKinds {
    squareCb: SquareCb;
  }
}

export const squareCb: ExplorationKind<SquareCb> = {
  name: "squareCb",
  draws: ["choice"],
  said: ["number: gamma, or a parameter", "one kind is required", rangeText("gamma")],
  keys: () => ({}),
  read(place, { setting }) {
    const gamma = setting(place, BOUNDS.gamma);
    return gamma === undefined ? undefined : { kind: "squareCb", gamma };
  },
  describe: ({ gamma }) => [["squareCb", gamma]],
  canonical: ({ gamma }) => gamma,
  distribution({ gamma }, valueOf, { scores, greedy }) {
    const slope = valueOf(gamma);
    const others = scores.map((score, at) =>
      at === greedy ? 0 : 1 / (scores.length + slope * (scores[greedy]! - score)),
    );
    const sum = others.reduce((all, probability) => all + probability, 0);
    return others.map((probability, at) => (at === greedy ? 1 - sum : probability));
  },
};
