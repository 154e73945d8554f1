import { createHash } from "node:crypto";
import { ownValue } from "../../streams/index.ts";
import type { EventKind } from "../blueprint.ts";
import { formulaType } from "../formula/formula-types.ts";
import { canonicalFormula, compileFormula, type FormulaType, type FormulaValue } from "../formula/index.ts";
import { categoryOf } from "../values/category-value.ts";
import { fieldOf, fieldType } from "../values/field-value.ts";
import { wordNumber } from "./word.ts";

/** One of the values of an event in a tile. */
export interface TileField {
  /** Its part of the state id: `delay_min`, or `delay_min~2f0c…` if a condition belongs to it. */
  readonly id: string;
  /** What an event must carry for it, in words: `a number in delay_min`. */
  readonly what: string;
  /** Whether an event with these attributes carries that: it need not meet the condition. */
  isCarried(attributes: Readonly<Record<string, unknown>>): boolean;
  /** Its value for an event with these attributes, of a category the number of its text; null: missing. */
  valueOf(attributes: Readonly<Record<string, unknown>>): number | null;
  /** Of a category only: its text. */
  readonly wordOf?: (attributes: Readonly<Record<string, unknown>>) => string | null;
}

/**
 * The id of a field with a condition, null: none. Without a field it is 1 for each event that meets the condition. What
 * is read as a category has another id than what is read as a number, since use cases share tiles.
 */
export function tileFieldId(field: string | null, when: string | null, kind: EventKind): string {
  const isCategory = (name: string): boolean => fieldType(kind, name) === "category";
  const name = field === null ? "" : isCategory(field) ? `${field}:category` : field;
  if (when === null) return name;
  const read = compileFormula(when, typesOf(kind)).names.filter(isCategory).sort();
  const text = [canonicalFormula(when), ...read].join("\0");
  return `${name}~${createHash("sha256").update(text).digest("hex").slice(0, 12)}`;
}

/** The names that a condition may use. */
const typesOf = (kind: EventKind): Readonly<Record<string, FormulaType>> =>
  Object.fromEntries(kind.fields.map((name) => [name, formulaType(fieldType(kind, name))]));

/**
 * A field whose value is missing for events that do not meet the condition, or of which that is not known. So every
 * aggregate, and every total of a tree, leaves these events out as it leaves out missing values.
 * @param kind that of the event, for the types of its fields
 */
export function tileField(field: string | null, when: string | null, kind: EventKind): TileField {
  const categories = new Set(kind.categories);
  const given = (name: string, attributes: Attributes): number | string | null => {
    const value = ownValue(attributes, name);
    return (categories.has(name) ? categoryOf(value) : fieldOf(value)) ?? null;
  };
  const condition = when === null ? undefined : conditionOf(when, kind, given);
  /** Of an event that meets the condition; without a field 1 stands for it. */
  const counted = (attributes: Attributes): number | string | null =>
    condition === undefined || condition(attributes) === true ? (field === null ? 1 : given(field, attributes)) : null;
  const isCategory = field !== null && categories.has(field);
  const what = isCategory ? `a text in ${field}` : `a number in ${field}`;
  return {
    id: tileFieldId(field, when, kind),
    what:
      when === null
        ? what
        : `values that tell whether ${when}${field === null ? "" : `, and ${isCategory ? what : `one in ${field}`}`}`,
    isCarried: (attributes) =>
      (condition === undefined || condition(attributes) !== null) &&
      (field === null || given(field, attributes) !== null),
    valueOf(attributes) {
      const value = counted(attributes);
      return typeof value === "string" ? wordNumber(value) : value;
    },
    ...(isCategory ? { wordOf: (attributes: Attributes) => counted(attributes) as string | null } : {}),
  };
}

type Attributes = Readonly<Record<string, unknown>>;

/** Null: it is not known. */
function conditionOf(
  when: string,
  kind: EventKind,
  given: (name: string, attributes: Attributes) => number | string | null,
): (attributes: Attributes) => FormulaValue {
  const { evaluate } = compileFormula(when, typesOf(kind));
  return (attributes) => evaluate((name) => given(name, attributes));
}
