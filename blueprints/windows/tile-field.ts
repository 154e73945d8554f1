import { createHash } from "node:crypto";
import { ownValue } from "../../streams/index.ts";
import { canonicalFormula, compileFormula } from "../formula/index.ts";
import { fieldOf } from "../values/field-value.ts";

/** One of the values of an event in a tile. */
export interface TileField {
  /** Its part of the state id: `delay_min`, or `delay_min~2f0c…` if a condition belongs to it. */
  readonly id: string;
  /** What an event must carry for it, in words: `a number in delay_min`. */
  readonly what: string;
  /** Whether an event with these attributes carries that: it need not meet the condition. */
  isCarried(attributes: Readonly<Record<string, unknown>>): boolean;
  /** Its value for an event with these attributes; null: missing. */
  valueOf(attributes: Readonly<Record<string, unknown>>): number | null;
}

/** The id of a field with a condition, null: none. Without a field it is 1 for each event that meets the condition. */
export function tileFieldId(field: string | null, when: string | null): string {
  if (when === null) return field ?? "";
  const hash = createHash("sha256").update(canonicalFormula(when)).digest("hex").slice(0, 12);
  return `${field ?? ""}~${hash}`;
}

/**
 * A field whose value is missing for events that do not meet the condition, or of which that is not known. So every
 * aggregate, and every total of a tree, leaves these events out as it leaves out missing values.
 * @param fields those of the event, for the condition
 */
export function tileField(field: string | null, when: string | null, fields: readonly string[]): TileField {
  const valueOf = (name: string, attributes: Readonly<Record<string, unknown>>): number | null =>
    fieldOf(ownValue(attributes, name)) ?? null;
  const id = tileFieldId(field, when);
  if (when === null) {
    const name = field!;
    return {
      id,
      what: `a number in ${name}`,
      isCarried: (attributes) => valueOf(name, attributes) !== null,
      valueOf: (attributes) => valueOf(name, attributes),
    };
  }
  const { evaluate } = compileFormula(when, Object.fromEntries(fields.map((name) => [name, "number" as const])));
  return {
    id,
    what: `numbers that tell whether ${when}${field === null ? "" : `, and one in ${field}`}`,
    isCarried: (attributes) =>
      evaluate((name) => valueOf(name, attributes)) !== null && (field === null || valueOf(field, attributes) !== null),
    valueOf(attributes) {
      if (evaluate((name) => valueOf(name, attributes)) !== true) return null;
      return field === null ? 1 : valueOf(field, attributes);
    },
  };
}
