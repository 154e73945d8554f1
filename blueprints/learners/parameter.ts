import type { Range } from "../defaults.ts";
import type { KeySaid } from "../key-reference.ts";
import type { DeclaredFeatures } from "../features/declared-features.ts";
import { complain, type Place } from "../yaml/place.ts";
import { readBoolean, readChoice, readNumber } from "../yaml/scalars.ts";
import { readItems } from "../yaml/section.ts";

/** One parameter of a learner. Blueprints, the reference page and every fit take its type, its bounds and its default from here. */
export interface Parameter<T = unknown> {
  /**
   * The value of an absent key. It is part of every version's hash, so a change alters the meaning of existing
   * versions.
   */
  readonly fallback: T;
  readonly said: KeySaid;
  /** As a blueprint has it; `undefined` after a complaint. @param known the blueprint's features, which it may name */
  read(place: Place, known: DeclaredFeatures): T | undefined;
  /** The rule that a value breaks: "a whole number from 1 to 16". `undefined`: the value can be taken. */
  refusal(value: unknown): string | undefined;
  /**
   * True for a parameter that its learner gained later. It stays out of the version's hash while it has its default: otherwise an upgrade would rename the
   * versions in the topics.
   */
  readonly later?: boolean | undefined;
}

/** A number within bounds, both of which it may be. */
export function numberParameter(range: Range, fallback: number, whole: "whole" | "any" = "any"): Parameter<number> {
  const { min, max } = range;
  const kind = whole === "whole" ? "whole number" : "number";
  const fits = (value: unknown): boolean =>
    typeof value === "number" && value >= min && value <= max && (whole === "any" || Number.isInteger(value));
  return {
    fallback,
    said: [kind, String(fallback), `${min} to ${max}`],
    read: (place) => readNumber(place, range, whole),
    refusal: (value) => (fits(value) ? undefined : `a ${kind} from ${min} to ${max}`),
  };
}

/** True or false. */
export const booleanParameter = (fallback: boolean): Parameter<boolean> => ({
  fallback,
  said: ["true or false", String(fallback)],
  read: readBoolean,
  refusal: (value) => (typeof value === "boolean" ? undefined : "true or false"),
});

/** One of several words. */
export const choiceParameter = <T extends string>(choices: readonly T[], fallback: T): Parameter<T> => ({
  fallback,
  said: [choices.map((choice) => `\`${choice}\``).join(" or "), fallback],
  read: (place) => readChoice(place, choices),
  refusal: (value) => ((choices as readonly unknown[]).includes(value) ? undefined : `one of ${choices.join(", ")}`),
});

/** A list of whole numbers within bounds, and how many there may be. */
export function numbersParameter(
  range: Range,
  fallback: readonly number[],
  length: Range,
): Parameter<readonly number[]> {
  const each = numberParameter(range, range.min, "whole");
  const wanted = `a list of ${length.min} to ${length.max} whole numbers from ${range.min} to ${range.max}`;
  const holds = (count: number): boolean => count >= length.min && count <= length.max;
  return {
    fallback,
    said: [
      "list of whole numbers",
      `[${fallback.join(", ")}]`,
      `${length.min} to ${length.max}, each ${range.min} to ${range.max}`,
    ],
    read(place, known) {
      const items = readItems(place, wanted);
      if (items === undefined) return undefined;
      if (!holds(items.length)) return complain(place, `expected ${wanted}, found ${items.length}`);
      const values = items.map((item) => each.read(item, known));
      return values.every((value) => value !== undefined) ? values : undefined;
    },
    refusal(value) {
      const fits = Array.isArray(value) && holds(value.length) && value.every((one) => each.refusal(one) === undefined);
      return fits ? undefined : wanted;
    },
  };
}
