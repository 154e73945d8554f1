import type { ExplorationKind } from "../exploration-kind.ts";
import { oneSetting, type OneSetting } from "../one-setting.ts";
import { softmax as probabilities } from "../probabilities.ts";

/** By the scores: exp(score / temperature), the temperature in the unit of the scores. */
export type Softmax = OneSetting<"softmax">;

declare module "../../config/exploration-config.ts" {
  interface ExplorationKinds {
    softmax: Softmax;
  }
}

export const softmax: ExplorationKind<Softmax> = {
  ...oneSetting<Softmax>("softmax", "temperature", "temperature"),
  draws: ["choice"],
  distribution: ({ setting: temperature }, valueOf, { scores }) => probabilities(scores, valueOf(temperature)),
};
