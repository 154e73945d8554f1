import { isScalar } from "yaml";
import { featureNamed, type DeclaredFeatures } from "../features/declared-features.ts";
import { featureType } from "../features/kinds/index.ts";
import type { LearnerLimits } from "./learner-kind.ts";
import type { Parameter } from "./parameter.ts";
import { complain, type Place } from "../yaml/place.ts";
import { readChoice } from "../yaml/scalars.ts";
import { readEntries } from "../yaml/section.ts";

/** How predictions go as a number grows: `up`, they never fall; `down`, they never rise. */
export type Direction = "up" | "down";

/** By the names of features. */
export type Directions = Readonly<Record<string, Direction>>;

const DIRECTIONS: readonly Direction[] = ["up", "down"];
const WANTED = "features, each up or down, or none";
const HINT = "write { price: up, age: down }, with names of features";

/** Numbers and booleans along which predictions go one way. */
export const monotoneParameter: Parameter<Directions | "none"> = {
  fallback: "none",
  said: ["features, each `up` or `down`, or `none`", "none"],
  read(place, known) {
    if (isScalar(place.node) && place.node.value === "none") return "none";
    const entries = readEntries(place, WANTED, HINT);
    if (entries === undefined) return undefined;
    if (entries.length === 0) return complain(place, `expected ${WANTED}, found an empty section`, HINT);
    const read = entries.map(({ name, key, value, again }): readonly [string, Direction] | undefined => {
      const direction = readDirection(value);
      const isNumber = again || hasDirections(key, name, known);
      return isNumber && !again && direction !== undefined ? [name, direction] : undefined;
    });
    return read.includes(undefined) ? undefined : Object.fromEntries(read as (readonly [string, Direction])[]);
  },
  refusal: (value) => (value === "none" || isDirections(value) ? undefined : WANTED),
};

function readDirection(place: Place): Direction | undefined {
  const sign = isScalar(place.node) ? place.node.value : null;
  if (sign !== 1 && sign !== -1) return readChoice(place, DIRECTIONS);
  return complain(place, `expected ${DIRECTIONS.join(" | ")}, found ${sign}`, `write ${sign > 0 ? "up" : "down"}`);
}

function hasDirections(key: Place, name: string, known: DeclaredFeatures): boolean {
  const feature = featureNamed(key, name, known);
  if (feature === undefined || featureType(feature) !== "category") return feature !== undefined;
  complain(key, `"${name}" is a category, whose values have no order`, "name numbers and booleans");
  return false;
}

function isDirections(value: unknown): value is Directions {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const given: readonly unknown[] = Object.values(value);
  return given.length > 0 && given.every((one) => (DIRECTIONS as readonly unknown[]).includes(one));
}

/** What can be learnt with directions. */
export const monotoneLimits: LearnerLimits = {
  objectives: ["binary", "regression"],
  unable: {
    multiclass:
      "a direction holds for the sum of each class, and not for its share of all classes: leave model.monotone out",
    quantile:
      "its leaves become quantiles of their rows after the trees are grown, in no order: leave model.monotone out",
  },
};
