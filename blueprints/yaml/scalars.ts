import { isScalar } from "yaml";
import { BOUNDS, type Range } from "../defaults.ts";
import { durationMeant, formatDuration, parseDuration } from "../duration.ts";
import { FORMULA_WORDS } from "../formula/index.ts";
import { lostNumber } from "../lost-number.ts";
import { complain, found, type Place } from "./place.ts";

/** Each reads one scalar. Undefined, and a reported problem, if it is something else. */
export function readText(place: Place, what: string, maxLength: number): string | undefined {
  const { node } = place;
  if (!isScalar(node) || typeof node.value !== "string" || node.value.trim() === "") {
    const bare =
      isScalar(node) && ["number", "boolean"].includes(typeof node.value) ? String(node.source ?? node.value) : "";
    return complain(
      place,
      `expected ${what}, found ${found(place)}`,
      bare === "" ? null : `in quotes it is a text: "${bare}"`,
    );
  }
  if (node.value.length > maxLength) {
    return complain(place, `at most ${maxLength} characters, found ${node.value.length}`);
  }
  return node.value;
}

export function readBoolean(place: Place): boolean | undefined {
  if (isScalar(place.node) && typeof place.node.value === "boolean") return place.node.value;
  const word = isScalar(place.node) ? String(place.node.value).toLowerCase() : "";
  const meant = ["yes", "on", "y", "1"].includes(word) ? true : ["no", "off", "n", "0"].includes(word) ? false : null;
  return complain(place, `expected true or false, found ${found(place)}`, meant === null ? null : `write ${meant}`);
}

export function readNumber(place: Place, { min, max }: Range, whole: "whole" | "any" = "any"): number | undefined {
  const value = isScalar(place.node) ? place.node.value : null;
  // Its text is a problem already.
  if (isScalar(place.node) && lostNumber(place.node.source ?? "") !== undefined) return undefined;
  const wanted = `a ${whole === "whole" ? "whole number" : "number"} from ${min} to ${max}`;
  if (typeof value !== "number" || (whole === "whole" && !Number.isInteger(value))) {
    return complain(place, `expected ${wanted}, found ${found(place)}`, numberMeant(value, max));
  }
  if (value >= min && value <= max) return value === 0 ? 0 : value;
  return complain(place, `expected ${wanted}, found ${value}`);
}

const THOUSANDS: Readonly<Record<string, number>> = { k: 1e3, m: 1e6 };

/** Of other notations: quotes, groups of digits, `5k`, a percentage of at most 1, truth values. */
function numberMeant(value: unknown, max: number): string | null {
  if (typeof value === "boolean") return `write ${Number(value)}`;
  if (typeof value !== "string") return null;
  if (/^-?\d+(\.\d+)?$/.test(value)) return "write it without quotes";
  const percent = max <= 1 ? /^(\d+(?:\.\d+)?)\s*%$/.exec(value)?.[1] : undefined;
  if (percent !== undefined) return `write ${Number((Number(percent) / 100).toPrecision(12))}`;
  const digits = value.replaceAll(/[,_' ](?=\d{3}(\D|$))/g, "");
  const [, number, unit] = /^(-?\d+(?:\.\d+)?)([km]?)$/i.exec(digits) ?? [];
  return number === undefined ? null : `write ${Number(number) * (THOUSANDS[unit!.toLowerCase()] ?? 1)}`;
}

export function readChoice<T extends string>(place: Place, choices: readonly T[]): T | undefined {
  const value = isScalar(place.node) ? place.node.value : null;
  const choice = choices.find((known) => known === value);
  if (choice !== undefined) return choice;
  const guess = typeof value === "string" ? place.source.guess(value, choices) : null;
  const hint = guess === null ? choiceWithin(place, choices) : `did you mean "${guess}"?`;
  return complain(place, `expected ${choices.join(" | ")}, found ${found(place)}`, hint);
}

/** A choice in a list or section of its own, or with more around it: `[number]`, `{ type: number }`, `number | null`. */
function choiceWithin({ node, source }: Place, choices: readonly string[]): string | null {
  const text = isScalar(node) ? String(node.value) : source.text.slice(...(node?.range ?? [0, 0]));
  const words = text.slice(0, 200).split(/\W+/);
  const named = choices.filter((choice) => words.includes(choice));
  if (named.length === 1) return `write ${named[0]!} alone`;
  const length = /^(?:embedding|float|double|number|array|vec)\W(\d+)\W?$/i.exec(text)?.[1];
  if (length !== undefined && choices.includes("vector(N)")) return `write vector(${length})`;
  return /^\w+\[\]$|^(?:list|array|set)\W/i.test(text) && choices.includes("list") ? "write list" : null;
}

const ENDLESS = /^(none|null|inf|infinity|infinite|forever|for ever|unbounded|unlimited|always|all|never|-1)$/i;

/**
 * In ms.
 * @param endless what is written in place of a duration without an end
 */
export function readDuration(
  place: Place,
  { min, max }: Range,
  endless = `it has an end: at most ${formatDuration(max)}`,
): number | undefined {
  const value = isScalar(place.node) ? place.node.value : null;
  const ms = typeof value === "string" ? parseDuration(value) : null;
  if (ms === null) {
    const meant = typeof value === "string" ? durationMeant(value) : null;
    const otherwise =
      ENDLESS.test(String(value)) && value !== null ? endless : "a number and a unit: 30s, 15m, 6h or 7d";
    const hint = meant === null ? otherwise : `did you mean ${meant}?`;
    return complain(place, `expected a duration, found ${found(place)}`, hint);
  }
  if (ms >= min && ms <= max) return ms;
  return complain(place, `expected ${formatDuration(min)} to ${formatDuration(max)}, found ${formatDuration(ms)}`);
}

/**
 * In ms, at least as long as another one.
 * @param leastMs `undefined`: that one could not be read.
 * @param what its key
 */
export function readDurationFrom(
  place: Place,
  range: Range,
  leastMs: number | undefined,
  what: string,
  endless?: string,
): number | undefined {
  const ms = readDuration(place, range, endless);
  if (ms === undefined || leastMs === undefined || ms >= leastMs) return ms;
  const least = formatDuration(leastMs);
  return complain(place, `${formatDuration(ms)} is shorter than ${what}, ${least}`, `at least ${least}`);
}

/** A percentage as a share: 20% → 0.2. */
export function readShare(place: Place, { min, max }: Range): number | undefined {
  const value = isScalar(place.node) ? place.node.value : null;
  const match = typeof value === "string" ? /^(\d+(?:\.\d+)?)\s*%$/.exec(value) : null;
  if (match === null) {
    return complain(place, `expected a percentage, found ${found(place)}`, percentageMeant(value) ?? "such as 20%");
  }
  const share = Number(match[1]) / 100;
  const lost = lostNumber(match[1]!);
  if (lost !== undefined) return complain(place, lost.what, lost.hint);
  if (share >= min && share <= max) return share;
  return complain(place, `expected ${min * 100}% to ${max * 100}%, found ${match[1]}%`);
}

/** A share up to 1, a larger one in hundredths, and "20 percent". */
function percentageMeant(value: unknown): string | null {
  const text =
    typeof value === "string" ? /^(\d+(?:\.\d+)?)\s*(?:percent|pct|per ?cent)?$/i.exec(value)?.[1] : undefined;
  const number = typeof value === "number" ? value : Number(text ?? "nothing");
  if (!(number > 0)) return null;
  return `write ${Number((number <= 1 ? number * 100 : number).toPrecision(12))}%`;
}

/** `none` as null, anything else by `read`. */
export function readOrNone<T>(place: Place, read: (place: Place) => T | undefined): T | null | undefined {
  return isScalar(place.node) && place.node.value === "none" ? null : read(place);
}

const NAME = /^[a-z][a-zA-Z0-9_]*$/;
export const isName = (text: string): boolean => isWord(text) && !FORMULA_WORDS.has(text);
const isWord = (text: string): boolean => NAME.test(text) && text.length <= BOUNDS.nameLength;

/** A name that is near a text; null: none is clear. */
function nameLike(text: string): string | null {
  const plain = text
    .replaceAll("ß", "ss")
    .normalize("NFKD")
    .replaceAll(/\p{M}/gu, "")
    .replaceAll(/[^A-Za-z0-9]+/g, "_");
  const name = plain.replaceAll(/^[_0-9]+|_+$/g, "").replace(/^[A-Z]/, (letter) => letter.toLowerCase());
  return name.length > 1 && isName(name) ? name : null;
}

/** Checks a name that formulas and Avro must be able to hold. */
export function checkName(place: Place, name: string): boolean {
  if (!isWord(name)) {
    const rule = `a small letter, then letters, digits and _, at most ${BOUNDS.nameLength}`;
    const such = nameLike(name);
    complain(place, `"${name.slice(0, 160)}" is no name`, such === null ? rule : `${rule}; such as ${such}`);
    return false;
  }
  if (FORMULA_WORDS.has(name)) {
    complain(place, `"${name}" is a word of the formula language`, "choose another name");
    return false;
  }
  return true;
}
