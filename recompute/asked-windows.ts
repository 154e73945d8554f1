import { validBlueprints } from "../catalogue/index.ts";
import type { WindowBytes } from "../operators/index.ts";
import type { Requests } from "./find-requests.ts";
import type { LoggedDecision } from "./logged-decisions.ts";
import { featuresOf } from "./recompute.ts";
import { refusedEvents, type RecomputeSource, type Tables } from "./source.ts";
import { windowTiles } from "./window-tiles.ts";

/** The windows that the features of these decisions read, in one reading of the events. */
export async function askedWindows(
  source: RecomputeSource,
  tables: Tables,
  logged: readonly LoggedDecision[],
  requests: Requests,
): Promise<WindowBytes> {
  const known = validBlueprints(tables.blueprints);
  const ask = (windows: WindowBytes): void => {
    for (const one of logged) {
      const found = requests.of(one);
      const { useCase, blueprintVersion } = one.decision;
      if (found !== undefined && known.version(useCase, blueprintVersion) !== undefined)
        featuresOf(one, found, tables, windows);
    }
  };
  return windowTiles(source, tables, ask, await refusedEvents(source));
}
