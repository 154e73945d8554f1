import type { CompiledBlueprint } from "../blueprints/index.ts";
import { whyNotLocal } from "../local/index.ts";
import { DomainError } from "../schemas/index.ts";

/** The reason that a version can't be decided by a bundle alone; `undefined`: it can. A bundle has no topics: neither state nor rows of tables. */
export function whyNotPortable(compiled: CompiledBlueprint): string | undefined {
  const { tables } = compiled;
  if (tables.length > 0)
    return `its tables (${tables.join(", ")}) are rows on topics, which change; a bundle has none of them`;
  return whyNotLocal(compiled);
}

/** Throws `NOT_LOCAL` with that reason. */
export function checkPortable(compiled: CompiledBlueprint): void {
  const reason = whyNotPortable(compiled);
  if (reason === undefined) return;
  const { useCase, version } = compiled.blueprint;
  throw new DomainError(
    "NOT_LOCAL",
    `version ${version} of use case "${useCase}" can't be decided on a page: ${reason}`,
  );
}
