import { isScalar } from "yaml";
import { BOUNDS } from "../../defaults.ts";
import { rangeText } from "../../key-reference.ts";
import { complain, found, type Place } from "../../yaml/place.ts";
import { complainTwice, readItems, readSection, required } from "../../yaml/section.ts";
import type { Slot } from "../../blueprint.ts";
import type { FeatureKind, FeaturesKnown, FeatureValue, InputValue, ReadFeature } from "../feature-kind.ts";
import { givenInputs, readInput, type Input } from "../inputs.ts";

/** Whether a category is this one, or a list has it. */
export interface OneHotFeature {
  readonly kind: "oneHot";
  readonly name: string;
  readonly input: Input;
  readonly value: string;
  readonly slot: Slot;
}

declare module "../../blueprint.ts" {
  interface FeatureKinds {
    oneHot: OneHotFeature;
  }
}

/** All columns are missing if the category or the list is; of a value that is not declared, and of an empty list, all are 0. */
export const oneHotKind: FeatureKind<OneHotFeature> = {
  name: "oneHot",
  written: "section",
  keys: () => ({
    oneHot: ["a category or list of `context`, or a category above", "required"],
    values: ["list of texts", "required", `${rangeText("oneHotValues")} of them`],
  }),
  marks: () => ["oneHot"],
  read,
  canonical: (feature) => feature,
  describe: ({ input, value }) => `${input.name} ${input.type === "list" ? "has" : "is"} ${JSON.stringify(value)}`,
  describeSlots: (slots) => `one-hot of ${slots[0]!.input.name}: ${slots.map(({ value }) => value).join(", ")}`,
  columnDoc: (feature) => `Whether ${oneHotKind.describe(feature)}, 1 or 0; null when it was missing.`,
  type: () => "boolean",
  compute({ input, value }) {
    const { names, entries } = givenInputs([input]);
    return { from: "features", names, entries, value: ([given]) => isThere(given ?? null, value) };
  },
};

function isThere(given: InputValue, value: string): FeatureValue {
  if (given === null) return null;
  if (typeof given !== "object") return given === value ? 1 : 0;
  return (given as readonly string[]).includes(value) ? 1 : 0;
}

function read(place: Place, name: string, known: FeaturesKnown): ReadFeature<OneHotFeature> {
  const section = readSection(place, Object.keys(oneHotKind.keys()));
  const input = required(section, "oneHot", (at) =>
    readInput(at, name, known, ["category", "list"], "a category or a list"),
  );
  const values = required(section, "values", readValues);
  if (input === undefined || values === undefined) return "unusable";
  const names = columnNames(name, values);
  return values.map((value, at) => ({ kind: "oneHot", name: names[at]!, input, value, slot: { of: name, at } }));
}

function readValues(place: Place): readonly string[] | undefined {
  const items = readItems(place, "a list of texts");
  if (items === undefined) return undefined;
  const { min, max } = BOUNDS.oneHotValues;
  if (items.length < min || items.length > max) {
    return complain(place, `expected ${min} to ${max} values, found ${items.length}`);
  }
  const values: string[] = [];
  for (const item of items) {
    const value = isScalar(item.node) ? item.node.value : null;
    if (typeof value !== "string" || value === "") {
      const written = isScalar(item.node) && value !== null && value !== "" ? item.node.source : undefined;
      const hint = written === undefined ? null : `a category is a text: write "${written}" in quotes`;
      complain(item, `expected a text, found ${found(item)}`, hint);
    } else if (values.includes(value)) complainTwice(item, `"${value}" twice`);
    else values.push(value);
  }
  return values.length === items.length ? values : undefined;
}

/**
 * `NAME_value` with every other character than letters, digits and `_` as `_`. A name that is taken then, or has nothing
 * of the value, is `NAME_v` and the value's place instead.
 */
function columnNames(name: string, values: readonly string[]): readonly string[] {
  const spelled = values.map((value) => `${name}_${value.replaceAll(/[^A-Za-z0-9_]/g, "_")}`);
  return values.map((value, at) => {
    const own = spelled[at]!;
    const isClear = /[A-Za-z0-9]/.test(value) && own.length <= BOUNDS.nameLength && spelled.indexOf(own) === at;
    return isClear ? own : `${name}_v${at}`;
  });
}
