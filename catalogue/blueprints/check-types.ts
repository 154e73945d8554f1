import { ChangedTypes, typeChanges, type Blueprint } from "../../blueprints/index.ts";
import type { ValidBlueprints } from "./valid-blueprints.ts";

/**
 * Throws `ChangedTypes` where a name has another type than in any version that was published, live or not, withdrawn too: its rows lie on the same topic.
 * Versions that this release can't read are not looked at; the registry refuses rows that can't follow theirs.
 */
export function checkTypes(blueprint: Blueprint, known: ValidBlueprints): void {
  const earlier = known
    .all()
    .map((compiled) => compiled.blueprint)
    .filter(({ useCase }) => useCase === blueprint.useCase);
  const changes = typeChanges(blueprint, earlier);
  if (changes.length > 0) throw new ChangedTypes(blueprint, changes);
}
