import { isMap } from "yaml";
import type { Formula, FormulaType, FormulaValue } from "../../formula/index.ts";
import { readFormula } from "../../yaml/formula.ts";
import type { Place } from "../../yaml/place.ts";
import { optional, readSection, required } from "../../yaml/section.ts";
import type { PlacedFormula, RuleKnown } from "../policy-rule.ts";

/** An option's predictions, features and formulas by name. */
export type OptionNames = (name: string) => FormulaValue;

/** The formulas of a rule over options: the score alone, or a section with it. */
export interface ReadScored {
  readonly score: Formula | undefined;
  /** Those that could be read, for warnings. */
  readonly formulas: PlacedFormula[];
  /** Reads a key of the section. A rule that is its score alone has none. */
  part<T>(name: string, unsaid: T, read: (place: Place) => T | undefined): T | undefined;
}

export function readScored(place: Place, known: RuleKnown, keys: readonly string[]): ReadScored {
  const formulas: PlacedFormula[] = [];
  const isSection = isMap(place.node);
  const section = isSection ? readSection(place, keys) : undefined;
  const score = isSection
    ? required(section, "score", (at) => readPart(at, known, "number", formulas))
    : readPart(place, known, "number", formulas);
  return {
    score,
    formulas,
    part: (name, unsaid, read) => (isSection ? optional(section, name, unsaid, read) : unsaid),
  };
}

/** A boolean formula of the section; null: it is not there. */
export const readCondition = (
  { part, formulas }: ReadScored,
  name: string,
  known: RuleKnown,
): Formula | null | undefined => part<Formula | null>(name, null, (at) => readPart(at, known, "boolean", formulas));

function readPart(place: Place, known: RuleKnown, type: FormulaType, formulas: PlacedFormula[]): Formula | undefined {
  const formula = readFormula(place, known.names, [type]);
  if (formula !== undefined) formulas.push({ formula, place });
  return formula;
}

/** A score that is no number is missing. */
export const numberOrNull = (value: FormulaValue): number | null => (typeof value === "number" ? value : null);

/** Indexes from the highest score: of equal scores the earlier one, and missing ones last. */
export function byScore(scores: readonly (number | null)[]): readonly number[] {
  return scores
    .map((_, index) => index)
    .sort((a, b) => {
      const [one, other] = [scores[a]!, scores[b]!];
      if (one === other) return a - b;
      if (one === null || other === null) return one === null ? 1 : -1;
      return other - one || a - b;
    });
}
