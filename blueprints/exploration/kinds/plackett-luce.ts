import type { ExplorationKind } from "../exploration-kind.ts";
import { oneSetting, type OneSetting } from "../one-setting.ts";
import { drawSteps, unchanged } from "../order-draws.ts";
import { softmax } from "../probabilities.ts";

/**
 * Position after position by exp(score / temperature) among the options that are left (Plackett 1975, Luce 1959); the
 * temperature is in the unit of the scores.
 */
export type PlackettLuce = OneSetting<"plackettLuce">;

declare module "../../config/exploration-config.ts" {
  interface ExplorationKinds {
    plackettLuce: PlackettLuce;
  }
}

export const plackettLuce: ExplorationKind<PlackettLuce> = {
  ...oneSetting<PlackettLuce>("plackettLuce", "temperature", "temperature"),
  draws: ["ranking"],
  order({ setting: temperature }, valueOf, asked) {
    // A shuffled list harms all of its items: there is nothing to order by.
    if (!asked.isScored) return unchanged(asked.selection);
    const { scores } = asked.selection;
    const at = valueOf(temperature);
    return drawSteps(asked, (eligible) =>
      softmax(
        eligible.map((index) => scores[index]!),
        at,
      ),
    );
  },
};
