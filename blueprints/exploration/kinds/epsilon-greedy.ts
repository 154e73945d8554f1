import { BOUNDS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import type { ExplorationKind } from "../exploration-kind.ts";
import { equal } from "../probabilities.ts";

/** With a probability any action, all equally likely; else the best. */
export interface EpsilonGreedy {
  readonly kind: "epsilonGreedy";
  readonly epsilon: number | string;
}

declare module "../../exploration-config.ts" {
  interface ExplorationKinds {
    epsilonGreedy: EpsilonGreedy;
  }
}

export const epsilonGreedy: ExplorationKind<EpsilonGreedy> = {
  name: "epsilonGreedy",
  draws: ["value", "choice"],
  said: ["number: probability of any action, or a parameter", "one kind is required", rangeText("probability")],
  keys: () => ({}),
  read(place, { setting }) {
    const epsilon = setting(place, BOUNDS.probability);
    return epsilon === undefined ? undefined : { kind: "epsilonGreedy", epsilon };
  },
  describe: ({ epsilon }) => [["epsilonGreedy", epsilon]],
  canonical: ({ epsilon }) => epsilon,
  distribution({ epsilon }, valueOf, { scores, greedy }) {
    const share = valueOf(epsilon);
    return equal(scores.length).map((each, at) => share * each + (at === greedy ? 1 - share : 0));
  },
};
