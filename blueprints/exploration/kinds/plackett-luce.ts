import { BOUNDS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import type { ExplorationKind } from "../exploration-kind.ts";
import { drawSteps, unchanged } from "../order-draws.ts";
import { softmax } from "../probabilities.ts";

/** Position after position by exp(score / temperature) among the options that are left (Plackett 1975, Luce 1959). */
export interface PlackettLuce {
  readonly kind: "plackettLuce";
  /** In the unit of the scores. */
  readonly temperature: number | string;
}

declare module "../../exploration-config.ts" {
  interface ExplorationKinds {
    plackettLuce: PlackettLuce;
  }
}

export const plackettLuce: ExplorationKind<PlackettLuce> = {
  name: "plackettLuce",
  draws: ["ranking"],
  said: ["number: temperature, or a parameter", "one kind is required", rangeText("temperature")],
  keys: () => ({}),
  read(place, { setting }) {
    const temperature = setting(place, BOUNDS.temperature);
    return temperature === undefined ? undefined : { kind: "plackettLuce", temperature };
  },
  describe: ({ temperature }) => [["plackettLuce", temperature]],
  canonical: ({ temperature }) => temperature,
  order({ temperature }, valueOf, asked) {
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
