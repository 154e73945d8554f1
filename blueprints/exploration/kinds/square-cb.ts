import { isScalar } from "yaml";
import { BOUNDS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import type { ExplorationKind } from "../exploration-kind.ts";

/**
 * By the gaps between the scores: the larger the gap, the rarer (Foster and Rakhlin 2020, SquareCB). Gamma times a gap is
 * compared with the number of options. It grows with the root of the rows that the scores come of.
 */
export interface SquareCb {
  readonly kind: "squareCb";
  /** A number, or the name of a parameter or of a formula of the policy. */
  readonly gamma: number | string;
  /** It is a formula: that of the best option counts. */
  readonly byFormula: boolean;
}

declare module "../../config/exploration-config.ts" {
  interface ExplorationKinds {
    squareCb: SquareCb;
  }
}

export const squareCb: ExplorationKind<SquareCb> = {
  name: "squareCb",
  draws: ["choice"],
  said: ["number: gamma, a parameter, or a formula of the policy", "one kind is required", rangeText("gamma")],
  keys: () => ({}),
  reads: ({ gamma, byFormula }) => (byFormula ? [String(gamma)] : []),
  fits: ({ byFormula }, [gamma]) => !byFormula || (Number.isFinite(gamma) && gamma! >= 0),
  read(place, { setting, formula, isFormula }) {
    const name = isScalar(place.node) ? place.node.value : null;
    const byFormula = typeof name === "string" && isFormula(name);
    const gamma = byFormula ? formula(place) : setting(place, BOUNDS.gamma);
    return gamma === undefined ? undefined : { kind: "squareCb", gamma, byFormula };
  },
  describe: ({ gamma }) => [["squareCb", gamma]],
  canonical: ({ gamma }) => gamma,
  distribution({ gamma, byFormula }, valueOf, { scores, greedy: own, beliefs }) {
    // Of the policy's own choice gamma may be missing: then it can't be drawn, and the best of the others stands for it.
    const greedy = own >= 0 ? own : scores.indexOf(scores.reduce((most, score) => Math.max(most, score)));
    const slope = byFormula ? beliefs[greedy]![0]! : valueOf(gamma);
    const others = scores.map((score, at) =>
      at === greedy ? 0 : 1 / (scores.length + (slope === 0 ? 0 : slope * (scores[greedy]! - score))),
    );
    const sum = others.reduce((all, probability) => all + probability, 0);
    return others.map((probability, at) => (at === greedy ? 1 - sum : probability));
  },
};
