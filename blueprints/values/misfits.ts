import { declaredValue, type DeclaredType } from "./declared-value.ts";
import type { ValueTypes } from "./value-types.ts";

/** An entry that counts for nothing: its name is not declared, or its value does not fit its type. */
export interface Misfit {
  readonly name: string;
  readonly problem: "unknown" | "unusable";
}

const NONE: readonly Misfit[] = Object.freeze([]);

/**
 * The entries of a context or an observation that count for nothing. If all fit, it costs a look-up and a comparison
 * for each, and allocates nothing.
 */
export function misfits(types: ValueTypes, values: Readonly<Record<string, unknown>>): readonly Misfit[] {
  let found: Misfit[] | undefined;
  for (const name in values) {
    const type = types.get(name);
    if (type !== undefined && fits(type, values[name])) continue;
    (found ??= []).push({ name, problem: type === undefined ? "unknown" : "unusable" });
  }
  return found ?? NONE;
}

function fits(type: DeclaredType, value: unknown): boolean {
  if (typeof value === "string" && (type === "category" || type === "key" || type === "text")) return true;
  if (typeof value === "boolean" && type === "boolean") return true;
  return declaredValue(type, value) !== undefined;
}
