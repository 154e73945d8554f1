import { ChangedTypes, placeInText, typeChanges, type Blueprint } from "../../blueprints/index.ts";
import { DomainError } from "../../schemas/index.ts";
import { ownValue } from "../../streams/index.ts";
import type { ValidBlueprints } from "./valid-blueprints.ts";

/**
 * Throws `ChangedTypes` if a name has another type than in any published version, live, not live or withdrawn: all
 * their rows lie on one topic. Versions that this release can't read are skipped; the registry refuses rows that are
 * not compatible with theirs.
 */
export function checkTypes(blueprint: Blueprint, known: Pick<ValidBlueprints, "all">): void {
  const earlier = known
    .all()
    .map((compiled) => compiled.blueprint)
    .filter(({ useCase }) => useCase === blueprint.useCase);
  const changes = typeChanges(blueprint, earlier);
  if (changes.length > 0) throw new ChangedTypes(blueprint, changes);
  checkTables(
    blueprint,
    known.all().map((compiled) => compiled.blueprint),
  );
}

/** A table is of no use case: all versions of all of them read the same rows. */
function checkTables(blueprint: Blueprint, others: readonly Blueprint[]): void {
  for (const [name, { key, fields }] of Object.entries(blueprint.tables)) {
    for (const { useCase, version, tables } of others) {
      const other = ownValue(tables, name);
      if (other === undefined || version === blueprint.version) continue;
      const refuse = (path: string, what: string, mend: string): DomainError =>
        new DomainError(
          "CHANGED_TYPES",
          `${blueprint.useCase} ${blueprint.version} is not published: ${placeInText(blueprint.text, path)}: ` +
            `${what} in ${useCase} ${version}; ${mend}`,
        );
      if (other.key.length !== key.length) {
        throw refuse(
          `tables.${name}`,
          `${key.length} keys here (${key.join(", ")}), ${other.key.length} (${other.key.join(", ")})`,
          "give the table a new name",
        );
      }
      for (const [field, type] of Object.entries(fields)) {
        const before = ownValue(other.fields, field);
        if (before === undefined || before === type) continue;
        throw refuse(
          `tables.${name}.fields.${field}`,
          `${type} here, ${before}`,
          `give the field a new name, or keep it a ${before}`,
        );
      }
    }
  }
}
