import type { ContextType } from "../blueprint.ts";
import { formulaType } from "../formula/formula-types.ts";
import type { FormulaType, UnusableName } from "../formula/index.ts";
import type { FormulaNames } from "../yaml/formula.ts";
import { vectorLength } from "../values/declared-value.ts";
import { complain, type Place } from "../yaml/place.ts";
import { readText } from "../yaml/scalars.ts";
import type { FeaturesKnown, FeatureType } from "./feature-kind.ts";

export type InputType = FeatureType | ContextType;

/** An earlier feature, or an entry of the context, that a feature is made of. */
export interface Input {
  readonly name: string;
  readonly type: InputType;
  /** Of the context: a name that is both is read from there. */
  readonly entry: boolean;
}

/** Names and entries of a feature's inputs, and where each lies among the given values. */
export interface GivenInputs {
  readonly names: readonly string[];
  readonly entries: readonly string[];
  /** In the order of the inputs. */
  readonly at: readonly number[];
}

export function givenInputs(inputs: readonly Input[]): GivenInputs {
  const names = [...new Set(inputs.filter(({ entry }) => !entry).map(({ name }) => name))];
  const entries = [...new Set(inputs.filter(({ entry }) => entry).map(({ name }) => name))];
  const at = inputs.map(({ name, entry }) => (entry ? names.length + entries.indexOf(name) : names.indexOf(name)));
  return { names, entries, at };
}

/**
 * Reads the name of an input. Undefined after a report, or if the name was declared with a mistake.
 * @param self the feature that is made of it
 * @param wanted types that it may have
 * @param what in words: "a number"
 */
export function readInput(
  place: Place,
  self: string,
  known: FeaturesKnown,
  wanted: readonly string[],
  what: string,
): Input | undefined {
  const name = readText(place, `the name of ${what}`, 200);
  if (name === undefined || place.source.broken.has(name)) return undefined;
  const input = inputOf(name, known);
  if (input === undefined) {
    const unusable = unusableInputs(self, known).get(name);
    if (unusable !== undefined) return complain(place, unusable.reason, unusable.hint);
    if (!known.context.complete) return undefined;
    const guess = place.source.guess(name, [...Object.keys(known.context.known), ...known.types.keys()]);
    place.source.broken.add(name);
    return complain(
      place,
      `there is no entry of the context and no feature "${name}"`,
      guess === null ? "declare it under context, or as a feature above" : `did you mean "${guess}"?`,
    );
  }
  if (wanted.some((type) => isOfType(input.type, type))) return input;
  return complain(place, `"${name}" is a ${input.type}`, `${self} is made of ${what}${hintFor(input.type)}`);
}

const isOfType = (type: InputType, wanted: string): boolean => type === wanted || type.startsWith(`${wanted}(`);

const HINTS: Readonly<Record<string, string>> = {
  key: ": a key is for windows, and the model never sees it",
};
const hintFor = (type: InputType): string => HINTS[type] ?? "";

/** The entry of the context or the earlier feature of this name. */
export function inputOf(name: string, { context, types }: FeaturesKnown): Input | undefined {
  const declared = Object.hasOwn(context.known, name) ? context.known[name] : undefined;
  if (declared !== undefined) return { name, type: declared, entry: true };
  const type = types.get(name);
  return type === undefined ? undefined : { name, type, entry: false };
}

/** Names that are known and can't be used by a feature, with the reason. */
function unusableInputs(self: string, { context, columns, later }: FeaturesKnown): ReadonlyMap<string, UnusableName> {
  const names = new Map<string, UnusableName>();
  for (const name of later) {
    if (Object.hasOwn(context.known, name)) continue;
    names.set(name, { reason: `"${name}" is declared after "${self}"`, hint: "a feature uses those above it" });
  }
  names.set(self, {
    reason: `"${self}" can't be made of itself`,
    hint: "name an entry of the context or a feature above",
  });
  for (const [name, all] of columns) {
    if (Object.hasOwn(context.known, name)) continue;
    names.set(name, { reason: `"${name}" has ${all.length} columns`, hint: `name one of them, such as "${all[0]!}"` });
  }
  return names;
}

const DECISION_TIME = "decisionTime";

/** Names for a feature's formula: entries of the context and earlier features, and the decision's time in ms. */
export function formulaInputs(self: string, known: FeaturesKnown): FormulaNames {
  const names: Record<string, FormulaType> = {};
  const unusable = new Map(unusableInputs(self, known));
  for (const [name, type] of known.types) names[name] = formulaType(type);
  for (const [name, type] of Object.entries(known.context.known)) {
    const problem =
      UNFIT[type] ?? (vectorLength(type) === undefined ? undefined : "put it among the features and use its columns");
    if (problem === undefined) names[name] = formulaType(type);
    else {
      delete names[name];
      unusable.set(name, { reason: `"${name}" is a ${type}`, hint: problem });
    }
  }
  if (!Object.hasOwn(names, DECISION_TIME) && !unusable.has(DECISION_TIME)) names[DECISION_TIME] = "number";
  return { known: names, complete: known.context.complete, unusable };
}

const UNFIT: Readonly<Record<string, string>> = {
  key: "a key is for windows, and the model never sees it: make it a category",
  list: "make features of it with oneHot or hash",
};

/** The inputs that a formula names; undefined in the place of the decision's time. */
export const inputsNamed = (names: readonly string[], known: FeaturesKnown): readonly Input[] =>
  names.flatMap((name) => inputOf(name, known) ?? []);
