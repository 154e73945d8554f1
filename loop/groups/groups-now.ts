import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { validBlueprints, versionStates } from "../../catalogue/index.ts";
import { overAfterMs } from "../../rows/index.ts";
import type { BlueprintPublished } from "../../schemas/index.ts";
import type { GlobalView, Topology } from "../../streams/index.ts";
import { episodeTopology, posteriorTopology } from "../../topologies/index.ts";

/** Work on the rows of a use case, beside the loop. */
export interface GroupNow {
  /** Names it among all groups. */
  readonly name: string;
  readonly kind: "posteriors" | "episodes";
  readonly compiled: CompiledBlueprint;
  /** So much longer than its version it works, ms: rows of that version's decisions still come. */
  readonly lastsMs: number;
  /** Nobody decides by its results at once: decisions go first. */
  readonly mayBeLate: boolean;
  /** @param id of the group, and so of its changelogs */
  readonly topology: (id: string) => Topology;
}

/** What is made of the rows of a version. */
function groupsOf(compiled: CompiledBlueprint): readonly GroupNow[] {
  const { posterior, episodes, blueprint } = compiled;
  const { useCase } = blueprint;
  const groups: GroupNow[] = [];
  if (posterior !== null)
    groups.push({
      ...{ name: `posterior-${useCase}.${posterior.id}`, kind: "posteriors", compiled, lastsMs: 0, mayBeLate: false },
      topology: (id) => posteriorTopology(id, compiled, posterior),
    });
  if (episodes !== null)
    groups.push({
      ...{ name: `episodes-${useCase}.${episodes.id}`, kind: "episodes", compiled, lastsMs: overAfterMs(compiled) },
      mayBeLate: true,
      topology: (id) => episodeTopology(id, compiled),
    });
  return groups;
}

/** The groups at `now`, ms, by name: those of versions that are live, will be, or are in shadow, and those whose rows still come. */
export function groupsNow(table: GlobalView<BlueprintPublished>, now: number): ReadonlyMap<string, GroupNow> {
  const valid = validBlueprints(table);
  const found = new Map<string, GroupNow>();
  for (const [useCase, records] of Map.groupBy(table.values(), (record) => record.useCase)) {
    const states = versionStates(records, now);
    for (const [at, { version }] of records.entries()) {
      const compiled = valid.version(useCase, version);
      if (compiled === undefined) continue;
      const isAtWork = ["live", "later", "shadow"].includes(states[at]!.state);
      const { until } = states[at]!;
      for (const group of groupsOf(compiled))
        if (isAtWork || (until !== null && now < until + group.lastsMs)) found.set(group.name, group);
    }
  }
  return found;
}
