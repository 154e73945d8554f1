import type { ExplorationKind } from "../exploration-kind.ts";
import { oneSetting, type OneSetting } from "../one-setting.ts";
import { equal, shared } from "../probabilities.ts";

/** With a probability any action, all equally likely; else the best. */
export type EpsilonGreedy = OneSetting<"epsilonGreedy">;

declare module "../../config/exploration-config.ts" {
  interface ExplorationKinds {
    epsilonGreedy: EpsilonGreedy;
  }
}

export const epsilonGreedy: ExplorationKind<EpsilonGreedy> = {
  ...oneSetting<EpsilonGreedy>("epsilonGreedy", "probability of any action", "probability"),
  draws: ["value", "choice"],
  distribution: ({ setting: epsilon }, valueOf, { scores, greedy }) =>
    shared(equal(scores.length), greedy, valueOf(epsilon)),
};
