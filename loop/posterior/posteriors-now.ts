import type { CompiledBlueprint, CompiledPosterior } from "../../blueprints/index.ts";
import { validBlueprints, versionStates } from "../../catalogue/index.ts";
import type { BlueprintPublished } from "../../schemas/index.ts";
import type { GlobalView } from "../../streams/index.ts";

export interface PosteriorNow {
  readonly compiled: CompiledBlueprint;
  readonly posterior: CompiledPosterior;
}

/** The posteriors that are learnt at `now`, ms, by use case and id: those of versions that are live, will be, or are in shadow. */
export function posteriorsNow(table: GlobalView<BlueprintPublished>, now: number): ReadonlyMap<string, PosteriorNow> {
  const valid = validBlueprints(table);
  const found = new Map<string, PosteriorNow>();
  for (const [useCase, records] of Map.groupBy(table.values(), (record) => record.useCase)) {
    const states = versionStates(records, now);
    for (const [at, { version }] of records.entries()) {
      const compiled = valid.version(useCase, version);
      const posterior = compiled?.posterior ?? null;
      if (posterior === null || !["live", "later", "shadow"].includes(states[at]!.state)) continue;
      found.set(`${useCase}.${posterior.id}`, { compiled: compiled!, posterior });
    }
  }
  return found;
}
