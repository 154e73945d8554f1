import { ownValue } from "../../streams/index.ts";
import type { PolicyParam } from "../blueprint.ts";
import { BOUNDS } from "../defaults.ts";
import { mostText, rangeText, type KeySaid } from "../key-reference.ts";
import { complain, type Place } from "../yaml/place.ts";
import { checkName, readNumber } from "../yaml/scalars.ts";
import { readEntries, readSection, required } from "../yaml/section.ts";

/** Values of a policy's parameters, by name. */
export type ParamValues = Readonly<Record<string, number>>;

export type PolicyParams = Readonly<Record<string, PolicyParam>>;

export const PARAMS: KeySaid = [
  "names, each a section with default, min and max",
  "none",
  `${mostText("params", "parameters")}, ${rangeText("param")}`,
];

/**
 * The section `params`. A name that was declared with a mistake is in the source's `broken` ones.
 *
 * @param taken names that mean something else, each with what
 */
export function readParams(place: Place, taken: (name: string) => string | undefined): PolicyParams | undefined {
  const entries = readEntries(place, "a section of names, each with default, min and max");
  if (entries === undefined) return undefined;
  if (entries.length > BOUNDS.params)
    return complain(place, `at most ${BOUNDS.params} parameters, found ${entries.length}`);
  const params: Record<string, PolicyParam> = {};
  for (const { name, key, value, again } of entries) {
    const { broken } = place.source;
    const other = taken(name);
    if (!checkName(key, name) || again) broken.add(name);
    else if (other !== undefined) complain(key, `"${name}" is ${other} already`, "choose another name");
    else {
      const param = readParam(value);
      if (param === undefined) broken.add(name);
      else params[name] = param;
    }
  }
  return params;
}

function readParam(place: Place): PolicyParam | undefined {
  const section = readSection(place, ["default", "min", "max"], undefined, "write { default: 1, min: 0, max: 5 }");
  const number = (name: string): number | undefined =>
    required(section, name, (at) => readNumber(at, BOUNDS.param), "an experiment tunes it between min and max");
  const [fallback, min, max] = [number("default"), number("min"), number("max")];
  if (fallback === undefined || min === undefined || max === undefined) return undefined;
  if (min >= max) return complain(section!.fields.get("min")!, `min ${min} is not below max ${max}`);
  const refusal = valueRefusal({ default: fallback, min, max }, fallback);
  if (refusal !== undefined) return complain(section!.fields.get("default")!, `the default ${refusal}`);
  return { default: fallback, min, max };
}

/** The reason that a parameter can't have a value; `undefined`: it can. */
export function valueRefusal({ min, max }: PolicyParam, value: number): string | undefined {
  return value >= min && value <= max ? undefined : `${value} is not from ${min} to ${max}`;
}

export const defaultValues = (params: PolicyParams): ParamValues =>
  Object.freeze(Object.fromEntries(Object.entries(params).map(([name, param]) => [name, param.default])));

/** All values, by name: those that are set, and the defaults of the others. */
export const valuesWith = (params: PolicyParams, set: ParamValues): ParamValues =>
  Object.freeze(
    Object.fromEntries(Object.entries(params).map(([name, param]) => [name, ownValue(set, name) ?? param.default])),
  );
