import { BOUNDS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { complainTwice, readItems, readSection, required } from "../../yaml/section.ts";
import type { FeatureKind, FeaturesKnown, ReadFeature } from "../feature-kind.ts";
import { givenInputs, readInput, type Input } from "../inputs.ts";

/** Several categories as one. */
export interface CrossFeature {
  readonly kind: "cross";
  readonly name: string;
  readonly inputs: readonly Input[];
}

declare module "../../blueprint.ts" {
  interface FeatureKinds {
    cross: CrossFeature;
  }
}

/** Missing if one of them is. Different categories never make the same one. */
export const crossKind: FeatureKind<CrossFeature> = {
  name: "cross",
  written: "section",
  keys: () => ({
    cross: [
      "list of categories or booleans of `context`, or features above",
      "required",
      `${rangeText("crossed")} of them`,
    ],
  }),
  marks: () => ["cross"],
  read,
  canonical: (feature) => feature,
  describe: ({ inputs }) => `cross of ${inputs.map(({ name }) => name).join(", ")}`,
  columnDoc: ({ inputs }) =>
    `${inputs.map(({ name }) => name).join(" | ")}, where \\ stands before | and \\ of a value; null when one was missing.`,
  type: () => "category",
  compute({ inputs }) {
    const { names, entries, at } = givenInputs(inputs);
    const truths = inputs.map(({ type }) => type === "boolean");
    return {
      from: "features",
      names,
      entries,
      value(given) {
        let crossed = "";
        for (let index = 0; index < at.length; index++) {
          const value = given[at[index]!] ?? null;
          if (value === null) return null;
          const text = truths[index] === true ? String(value === 1) : (value as string);
          crossed += (index === 0 ? "" : "|") + escaped(text);
        }
        return crossed;
      },
    };
  },
};

const SPECIAL = /[\\|]/;
const escaped = (text: string): string => (SPECIAL.test(text) ? text.replaceAll(/[\\|]/g, "\\$&") : text);

function read(place: Place, name: string, known: FeaturesKnown): ReadFeature<CrossFeature> {
  const section = readSection(place, Object.keys(crossKind.keys()));
  const inputs = required(section, "cross", (at) => readInputs(at, name, known));
  return inputs === undefined ? "unusable" : { kind: "cross", name, inputs };
}

function readInputs(place: Place, name: string, known: FeaturesKnown): readonly Input[] | undefined {
  const items = readItems(place, "a list of categories");
  if (items === undefined) return undefined;
  const { min, max } = BOUNDS.crossed;
  if (items.length < min || items.length > max) {
    return complain(place, `expected ${min} to ${max} categories, found ${items.length}`);
  }
  const inputs: Input[] = [];
  for (const item of items) {
    const input = readInput(item, name, known, ["category", "boolean"], "categories");
    if (input === undefined) continue;
    if (inputs.some((other) => other.name === input.name)) complainTwice(item, `"${input.name}" twice`);
    else inputs.push(input);
  }
  return inputs.length === items.length ? inputs : undefined;
}
