import type { ExplorationKind } from "../exploration-kind.ts";
import { oneSetting, type OneSetting } from "../one-setting.ts";

/** By the gaps between the scores: the larger the gap, the rarer (Foster and Rakhlin 2020, SquareCB). */
export type SquareCb = OneSetting<"squareCb">;

declare module "../../exploration-config.ts" {
  interface ExplorationKinds {
    squareCb: SquareCb;
  }
}

export const squareCb: ExplorationKind<SquareCb> = {
  ...oneSetting<SquareCb>("squareCb", "gamma", "gamma"),
  draws: ["choice"],
  distribution({ setting: gamma }, valueOf, { scores, greedy }) {
    const slope = valueOf(gamma);
    const others = scores.map((score, at) =>
      at === greedy ? 0 : 1 / (scores.length + slope * (scores[greedy]! - score)),
    );
    const sum = others.reduce((all, probability) => all + probability, 0);
    return others.map((probability, at) => (at === greedy ? 1 - sum : probability));
  },
};
