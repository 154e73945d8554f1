import { isScalar } from "yaml";
import { complain, found } from "../../yaml/place.ts";
import type { ExplorationKind } from "../exploration-kind.ts";
import { drawSteps } from "../order-draws.ts";
import { equal } from "../probabilities.ts";

/** All actions and all orders are equally likely, whatever the scores are. */
export interface Uniform {
  readonly kind: "uniform";
}

declare module "../../config/exploration-config.ts" {
  interface ExplorationKinds {
    uniform: Uniform;
  }
}

export const uniform: ExplorationKind<Uniform> = {
  name: "uniform",
  draws: ["value", "choice", "ranking"],
  needsNoValue: true,
  said: ["`true`", "one kind is required"],
  keys: () => ({}),
  read(place) {
    if (isScalar(place.node) && place.node.value === true) return { kind: "uniform" };
    return complain(place, `expected true, found ${found(place)}`, "a part of the traffic: share: 0.1");
  },
  describe: () => [["uniform", true]],
  canonical: () => true,
  distribution: (_exploration, _valueOf, { scores }) => equal(scores.length),
  order: (_exploration, _valueOf, asked) => drawSteps(asked, (eligible) => equal(eligible.length)),
};
