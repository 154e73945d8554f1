import { isMap } from "yaml";
import { BOUNDS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import { readNumber } from "../../yaml/scalars.ts";
import { optional, readSection, required } from "../../yaml/section.ts";
import type { ExplorationKind } from "../exploration-kind.ts";
import { drawSwap } from "../order-draws.ts";

/** With a probability two of the first positions exchange their options, each two equally likely. */
export interface Swap {
  readonly kind: "swap";
  readonly probability: number | string;
  /** The positions from the top; null: all that are shown. */
  readonly within: number | null;
}

declare module "../../config/exploration-config.ts" {
  interface ExplorationKinds {
    swap: Swap;
  }
}

export const swap: ExplorationKind<Swap> = {
  name: "swap",
  draws: ["ranking"],
  hasFloor: false,
  said: ["number: probability, or a parameter; or a section", "one kind is required", rangeText("probability")],
  keys: () => ({
    probability: ["number, or a parameter", "required in a section", rangeText("probability")],
    within: ["number: positions from the top", "all that are shown", rangeText("swapped")],
  }),
  read(place, { setting }) {
    const section = isMap(place.node) ? readSection(place, ["probability", "within"]) : undefined;
    const probability = isMap(place.node)
      ? required(section, "probability", (at) => setting(at, BOUNDS.probability))
      : setting(place, BOUNDS.probability);
    const within = isMap(place.node)
      ? optional<number | null>(section, "within", null, (at) => readNumber(at, BOUNDS.swapped, "whole"))
      : null;
    return probability === undefined || within === undefined ? undefined : { kind: "swap", probability, within };
  },
  *describe({ probability, within }) {
    yield ["swap", probability];
    if (within !== null) yield ["swap.within", within];
  },
  canonical: ({ probability, within }) => ({ probability, within: within ?? undefined }),
  order: ({ probability, within }, valueOf, asked) => drawSwap(asked, valueOf(probability), within),
};
