import { BOUNDS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import type { ExplorationKind } from "../exploration-kind.ts";
import { softmax as probabilities } from "../probabilities.ts";

/** By the scores: exp(score / temperature). */
export interface Softmax {
  readonly kind: "softmax";
  /** In the unit of the scores. */
  readonly temperature: number | string;
}

declare module "../../exploration-config.ts" {
  interface ExplorationKinds {
    softmax: Softmax;
  }
}

export const softmax: ExplorationKind<Softmax> = {
  name: "softmax",
  draws: ["choice"],
  said: ["number: temperature, or a parameter", "one kind is required", rangeText("temperature")],
  keys: () => ({}),
  read(place, { setting }) {
    const temperature = setting(place, BOUNDS.temperature);
    return temperature === undefined ? undefined : { kind: "softmax", temperature };
  },
  describe: ({ temperature }) => [["softmax", temperature]],
  canonical: ({ temperature }) => temperature,
  distribution: ({ temperature }, valueOf, { scores }) => probabilities(scores, valueOf(temperature)),
};
