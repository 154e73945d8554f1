import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { DomainError } from "../../schemas/index.ts";
import { at } from "../problems/problem.ts";

type Plain = string | number | boolean | null;

/**
 * The entries of a foreign context that the blueprint declares. Such a context is shared by many flags and services: an
 * entry of others is left out. Throws `BAD_REQUEST` for a declared one that is no string, number, boolean or null.
 */
export function declaredContext(
  entries: Readonly<Record<string, unknown>>,
  live: CompiledBlueprint | undefined,
  field: string,
): Readonly<Record<string, Plain>> {
  const found: [string, Plain][] = [];
  for (const [name, value] of Object.entries(entries)) {
    if (live !== undefined && !live.declared.context.has(name)) continue;
    if (isPlain(value)) found.push([name, value]);
    else if (live !== undefined) throw noPlain(`${field}.${name}`);
  }
  return Object.fromEntries(found);
}

const isPlain = (value: unknown): value is Plain =>
  value === null || (typeof value === "string" ? value.isWellFormed() : ["number", "boolean"].includes(typeof value));

const noPlain = (field: string): DomainError =>
  at(new DomainError("BAD_REQUEST", `${field}: write a string, number, boolean or null`), { field });
