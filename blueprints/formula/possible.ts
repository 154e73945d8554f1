import type { FormulaValue } from "./ast.ts";

/** All possible values of a formula or a part of one. */
export interface Possible {
  readonly missing: boolean;
  readonly true: boolean;
  readonly false: boolean;
  /** Numbers from here to `high`; none if `low` is above `high`. */
  readonly low: number;
  readonly high: number;
  /** `any`: every text but the empty one, which is a missing value of a name; `all`: that one too. */
  readonly texts: "any" | "all" | ReadonlySet<string>;
}

/** The possible values of each name. */
export type Ranges = Readonly<Record<string, Possible>>;

const noTexts: ReadonlySet<string> = new Set();
export const nothingPossible: Possible = Object.freeze({
  missing: false,
  true: false,
  false: false,
  low: Number.POSITIVE_INFINITY,
  high: Number.NEGATIVE_INFINITY,
  texts: noTexts,
});

export const someNumber = (low = -Number.MAX_VALUE, high = Number.MAX_VALUE, missing = true): Possible => ({
  ...nothingPossible,
  low,
  high,
  missing,
});
export const someTruth = (ofTrue = true, ofFalse = true, missing = true): Possible => ({
  ...nothingPossible,
  true: ofTrue,
  false: ofFalse,
  missing,
});
export const someText = (texts: Possible["texts"] = "any", missing = true): Possible => ({
  ...nothingPossible,
  texts,
  missing,
});
export const anything: Possible = Object.freeze({ ...someNumber(), true: true, false: true, texts: "any" as const });

export function only(value: FormulaValue): Possible {
  if (value === null) return { ...nothingPossible, missing: true };
  if (typeof value === "boolean") return someTruth(value, !value, false);
  return typeof value === "number" ? someNumber(value, value, false) : someText(new Set([value]), false);
}

export const hasNumbers = ({ low, high }: Possible): boolean => low <= high;
const hasTexts = ({ texts }: Possible): boolean => typeof texts === "string" || texts.size > 0;
/** The part is never evaluated. */
export const isNothing = (one: Possible): boolean =>
  !one.missing && !one.true && !one.false && !hasNumbers(one) && !hasTexts(one);

export function either(a: Possible, b: Possible): Possible {
  return {
    missing: a.missing || b.missing,
    true: a.true || b.true,
    false: a.false || b.false,
    low: Math.min(a.low, b.low),
    high: Math.max(a.high, b.high),
    texts: eitherTexts(a.texts, b.texts),
  };
}

function eitherTexts(a: Possible["texts"], b: Possible["texts"]): Possible["texts"] {
  if (typeof b === "string") return typeof a === "string" ? (a === "all" ? a : b) : eitherTexts(b, a);
  if (typeof a === "string") return b.has("") ? "all" : a;
  return new Set([...a, ...b]);
}

export function textsInBoth(a: Possible["texts"], b: Possible["texts"]): Possible["texts"] {
  if (a === "all") return b;
  if (b === "all") return a;
  if (a === "any") return b === "any" ? b : new Set([...b].filter((text) => text !== ""));
  return b === "any" ? textsInBoth(b, a) : new Set([...a].filter((text) => b.has(text)));
}

/** Whether the two can be equal, can differ, or can't be compared. */
export function equality(a: Possible, b: Possible): Possible {
  const texts = textsInBoth(a.texts, b.texts);
  const same =
    (a.true && b.true) ||
    (a.false && b.false) ||
    (hasNumbers(a) && hasNumbers(b) && a.low <= b.high && b.low <= a.high) ||
    typeof texts === "string" ||
    texts.size > 0;
  const single = onlyValue(a) !== undefined && onlyValue(a) === onlyValue(b);
  const some = [a, b].every((one) => one.true || one.false || hasNumbers(one) || hasTexts(one));
  return someTruth(some && same, some && !single, a.missing || b.missing);
}

/** The one value that is possible beside a missing one. */
export function onlyValue(one: Possible): Exclude<FormulaValue, null> | undefined {
  const values = [
    ...(one.true ? [true] : []),
    ...(one.false ? [false] : []),
    ...(hasNumbers(one) ? (one.low === one.high ? [one.low] : [0, 1]) : []),
    ...(typeof one.texts === "string" ? ["a", "b"] : one.texts),
  ];
  return values.length === 1 ? values[0] : undefined;
}
