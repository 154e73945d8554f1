import type { Blueprint } from "../blueprint.ts";
import { featureType } from "../features/kinds/index.ts";
import { labelColumns } from "../labels/label-columns.ts";
import { DomainError } from "../../schemas/index.ts";
import { placeInText } from "../yaml/line-of.ts";

/** A name with another type than in earlier versions. */
export interface TypeChange {
  /** As in the YAML: `features.zip`, `observations.amount`. */
  readonly path: string;
  readonly type: string;
  /** The type in the earlier versions. */
  readonly before: string;
  /** The versions with that type, in the given order. */
  readonly versions: readonly string[];
}

/**
 * The names that would have another type than in any earlier version, whether or not the versions between have them.
 * Rows of all versions lie on one topic, and observations belong to decisions of all versions.
 */
export function typeChanges(next: Blueprint, earlier: readonly Blueprint[]): readonly TypeChange[] {
  const changes: TypeChange[] = [];
  for (const [path, type] of typesOf(next)) {
    const others = new Map<string, string[]>();
    for (const blueprint of earlier) {
      const before = blueprint.version === next.version ? undefined : typesOf(blueprint).get(path);
      if (before === undefined || before === type) continue;
      others.set(before, [...(others.get(before) ?? []), blueprint.version]);
    }
    for (const [before, versions] of others) changes.push({ path, type, before, versions });
  }
  return changes;
}

/** A version that can't be published beside the earlier ones. */
export class ChangedTypes extends DomainError {
  override readonly name = "ChangedTypes";
  readonly changes: readonly TypeChange[];

  constructor({ useCase, version, text }: Blueprint, changes: readonly TypeChange[]) {
    const lines = changes.map((change) => `  ${textOf(change, placeInText(text, change.path))}`);
    super(
      "CHANGED_TYPES",
      [
        `${useCase} ${version} is not published: a name keeps its type in all versions of a use case, since their rows and ` +
          "observations lie on the same topics",
        ...lines,
      ].join("\n"),
    );
    this.changes = changes;
  }
}

const MOST_NAMED = 5;

function textOf({ path, type, before, versions }: TypeChange, place: string): string {
  const more = versions.length - MOST_NAMED;
  const named = versions.slice(0, MOST_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
  const name = path.slice(path.indexOf(".") + 1);
  const plural = versions.length === 1 ? "version" : "versions";
  return (
    `${place}: ${type} here, ${before} in ${plural} ${named}; give it a new name, such as ${name}_${type}, ` +
    `or keep it a ${before}`
  );
}

function typesOf({ features, labels, observations }: Blueprint): ReadonlyMap<string, string> {
  return new Map([
    ...(labels.length === 1 ? [] : labelColumns(labels)).flatMap(({ value, time }): [string, string][] => [
      [`features.${value}`, "number"],
      [`features.${time}`, "time"],
    ]),
    ...features.map((feature): [string, string] => [`features.${feature.name}`, featureType(feature)]),
    ...Object.entries(observations).map(([name, type]): [string, string] => [`observations.${name}`, type]),
  ]);
}
