import { ChangedTypes, typeChanges, type Blueprint } from "../../blueprints/index.ts";
import type { ValidBlueprints } from "./valid-blueprints.ts";

/**
 * Throws `ChangedTypes` if a name has another type than in any published version, live, not live or withdrawn: all
 * their rows lie on one topic. Versions that this release can't read are skipped; the registry refuses rows that are
 * not compatible with theirs.
 */
export function checkTypes(blueprint: Blueprint, known: ValidBlueprints): void {
  const earlier = known
    .all()
    .map((compiled) => compiled.blueprint)
    .filter(({ useCase }) => useCase === blueprint.useCase);
  const changes = typeChanges(blueprint, earlier);
  if (changes.length > 0) throw new ChangedTypes(blueprint, changes);
}
