import { BOUNDS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import type { Place } from "../../yaml/place.ts";
import { readNumber } from "../../yaml/scalars.ts";
import { readSection, required } from "../../yaml/section.ts";
import type { Slot } from "../../blueprint.ts";
import type { FeatureKind, FeaturesKnown, InputValue, ReadFeature } from "../feature-kind.ts";
import { givenInputs, readInput, type Input } from "../inputs.ts";
import { murmur3 } from "../murmur3.ts";

/** How many categories fall into this slot by their hash. */
export interface HashFeature {
  readonly kind: "hash";
  readonly name: string;
  readonly input: Input;
  readonly slots: number;
  readonly slot: Slot;
}

declare module "../../blueprint.ts" {
  interface FeatureKinds {
    hash: HashFeature;
  }
}

/**
 * All slots are missing if the category or the list is; of an empty list all are 0. An item that a list has twice counts
 * twice. After K. Weinberger et al., "Feature Hashing for Large Scale Multitask Learning" (2009), without signs.
 */
export const hashKind: FeatureKind<HashFeature> = {
  name: "hash",
  written: "section",
  keys: () => ({
    hash: ["a category or list of `context`, or a category above", "required"],
    slots: ["whole number", "required", rangeText("hashSlots")],
  }),
  marks: () => ["hash"],
  read,
  canonical: (feature) => feature,
  describe: ({ input, slots, slot }) => `hash of ${input.name} in slot ${slot.at} of ${slots}`,
  describeSlots: ([first]) => `hash of ${first!.input.name} in ${first!.slots} slots`,
  columnDoc: ({ input, slots, slot }) =>
    `How many of ${input.name} have |murmur3| modulo ${slots} = ${slot.at}; null when it was missing.`,
  type: () => "number",
  compute({ input, slots, slot }) {
    const { names, entries } = givenInputs([input]);
    const all = ([given]: readonly InputValue[]): readonly number[] => counts(given ?? null, slots);
    return { from: "features", names, entries, value: (given) => all(given)[slot.at] ?? null, slots: all };
  },
};

/** None: it is missing. */
function counts(given: InputValue, slots: number): readonly number[] {
  if (given === null) return [];
  const found = new Array<number>(slots).fill(0);
  const items = typeof given === "object" ? (given as readonly string[]) : [given as string];
  for (const item of items) found[Math.abs(murmur3(item)) % slots]!++;
  return found;
}

function read(place: Place, name: string, known: FeaturesKnown): ReadFeature<HashFeature> {
  const section = readSection(place, Object.keys(hashKind.keys()));
  const input = required(section, "hash", (at) =>
    readInput(at, name, known, ["category", "list"], "a category or a list"),
  );
  const slots = required(section, "slots", (at) => readNumber(at, BOUNDS.hashSlots, "whole"));
  if (input === undefined || slots === undefined) return "unusable";
  return Array.from({ length: slots }, (_, at) => ({
    ...({ kind: "hash", name: `${name}_${at}`, input, slots, slot: { of: name, at } } as const),
  }));
}
