import { BOUNDS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import type { Place } from "../../yaml/place.ts";
import { readNumber } from "../../yaml/scalars.ts";
import { readSection, required } from "../../yaml/section.ts";
import type { Slot } from "../../blueprint.ts";
import type { FeatureKind, FeaturesKnown, InputValue, ReadFeature } from "../feature-kind.ts";
import { givenInputs, readInput, type Input } from "../inputs.ts";

/** A number as a point on a circle: its end is beside its beginning. */
export interface CyclicalFeature {
  readonly kind: "cyclical";
  readonly name: string;
  readonly input: Input;
  /** Numbers that differ by it are the same point. */
  readonly period: number;
  readonly slot: Slot;
}

declare module "../../blueprint.ts" {
  interface FeatureKinds {
    cyclical: CyclicalFeature;
  }
}

const AXES = ["sin", "cos"] as const;

/** Sine and cosine of 2π · number / period; missing if the number is. */
export const cyclicalKind: FeatureKind<CyclicalFeature> = {
  name: "cyclical",
  written: "section",
  keys: () => ({
    cyclical: ["a number or time of `context`, or a number above", "required"],
    period: ["number; of a time in ms", "required", rangeText("period")],
  }),
  marks: () => ["cyclical"],
  read,
  canonical: (feature) => feature,
  describe: ({ input, period, slot }) => `${AXES[slot.at]} of ${input.name} with period ${period}`,
  describeSlots: ([first]) => `sin and cos of ${first!.input.name} with period ${first!.period}`,
  columnDoc: ({ input, period, slot }) => `${AXES[slot.at]}(2π · ${input.name} / ${period}); null when it was missing.`,
  type: () => "number",
  compute({ input, period, slot }) {
    const { names, entries } = givenInputs([input]);
    const point = ([given = null]: readonly InputValue[]): readonly number[] => {
      if (typeof given !== "number") return [];
      // The remainder is exact: large numbers lose nothing before the sine.
      const angle = ((given % period) / period) * 2 * Math.PI;
      return [Math.sin(angle) + 0, Math.cos(angle)];
    };
    return { from: "features", names, entries, value: (given) => point(given)[slot.at] ?? null, slots: point };
  },
};

function read(place: Place, name: string, known: FeaturesKnown): ReadFeature<CyclicalFeature> {
  const section = readSection(place, Object.keys(cyclicalKind.keys()));
  const input = required(section, "cyclical", (at) => readInput(at, name, known, ["number", "time"], "a number"));
  const period = required(section, "period", (at) => readNumber(at, BOUNDS.period));
  if (input === undefined || period === undefined) return "unusable";
  return AXES.map((axis, at) => ({
    ...({ kind: "cyclical", name: `${name}_${axis}`, input, period, slot: { of: name, at } } as const),
  }));
}
