import { isScalar } from "yaml";
import type { Range } from "../defaults.ts";
import { formatDuration, parseDuration } from "../duration.ts";
import { FORMULA_WORDS } from "../formula/index.ts";
import { complain, found, type Place } from "./place.ts";

/** Each reads one scalar; undefined, and a problem, when it is not what was asked for. */
export function readText(place: Place, what: string, maxLength: number): string | undefined {
  const { node } = place;
  if (!isScalar(node) || typeof node.value !== "string" || node.value.trim() === "") {
    return complain(place, `expected ${what}, found ${found(place)}`);
  }
  if (node.value.length > maxLength) {
    return complain(place, `at most ${maxLength} characters, found ${node.value.length}`);
  }
  return node.value;
}

export function readBoolean(place: Place): boolean | undefined {
  if (isScalar(place.node) && typeof place.node.value === "boolean") return place.node.value;
  return complain(place, `expected true or false, found ${found(place)}`);
}

export function readNumber(place: Place, { min, max }: Range, whole: "whole" | "any" = "any"): number | undefined {
  const value = isScalar(place.node) ? place.node.value : null;
  const kind = whole === "whole" ? "a whole number" : "a number";
  if (typeof value !== "number" || (whole === "whole" && !Number.isInteger(value))) {
    return complain(place, `expected ${kind}, found ${found(place)}`);
  }
  if (value >= min && value <= max) return value === 0 ? 0 : value;
  return complain(place, `expected ${kind} from ${min} to ${max}, found ${value}`);
}

export function readChoice<T extends string>(place: Place, choices: readonly T[]): T | undefined {
  const value = isScalar(place.node) ? place.node.value : null;
  const choice = choices.find((known) => known === value);
  if (choice !== undefined) return choice;
  const guess = typeof value === "string" ? place.source.guess(value, choices) : null;
  return complain(
    place,
    `expected ${choices.join(" | ")}, found ${found(place)}`,
    guess === null ? null : `did you mean "${guess}"?`,
  );
}

/** In ms. */
export function readDuration(place: Place, { min, max }: Range): number | undefined {
  const value = isScalar(place.node) ? place.node.value : null;
  const ms = typeof value === "string" ? parseDuration(value) : null;
  if (ms === null) {
    return complain(place, `expected a duration, found ${found(place)}`, "a number and a unit: 30s, 15m, 6h or 7d");
  }
  if (ms >= min && ms <= max) return ms;
  return complain(place, `expected ${formatDuration(min)} to ${formatDuration(max)}, found ${formatDuration(ms)}`);
}

/** A percentage as a share: 20% → 0.2. */
export function readShare(place: Place, { min, max }: Range): number | undefined {
  const value = isScalar(place.node) ? place.node.value : null;
  const match = typeof value === "string" ? /^(\d+(?:\.\d+)?)\s*%$/.exec(value) : null;
  if (match === null) return complain(place, `expected a percentage, found ${found(place)}`, "write 20%, not 0.2");
  const share = Number(match[1]) / 100;
  if (share >= min && share <= max) return share;
  return complain(place, `expected ${min * 100}% to ${max * 100}%, found ${match[1]}%`);
}

/** `none` as null, anything else by `read`. */
export function readOrNone<T>(place: Place, read: (place: Place) => T | undefined): T | null | undefined {
  return isScalar(place.node) && place.node.value === "none" ? null : read(place);
}

/** Checks a name that formulas and Avro must be able to hold. */
export function checkName(place: Place, name: string): boolean {
  if (!/^[a-z][a-zA-Z0-9_]{0,127}$/.test(name)) {
    complain(place, `"${name}" is no name`, "a small letter, then letters, digits and _, at most 128");
    return false;
  }
  if (FORMULA_WORDS.has(name)) {
    complain(place, `"${name}" is a word of the formula language`, "choose another name");
    return false;
  }
  return true;
}
