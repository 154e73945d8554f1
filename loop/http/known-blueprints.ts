import { blueprintTable, validBlueprints, type ValidBlueprints } from "../../catalogue/index.ts";
import { readTable } from "../../streams/index.ts";
import type { Place } from "../start.ts";

/** A process without the loop reads the blueprints again after this long; ms. */
const FRESH_MS = 1_000;

/**
 * The published versions as the loop of this process has them, or as they were read a moment ago where it runs elsewhere.
 *
 * @param place the present one
 */
export function knownBlueprints(place: () => Place | Promise<Place>): () => Promise<ValidBlueprints> {
  let read: { readonly of: Place; readonly at: number; readonly table: Promise<ValidBlueprints> } | undefined;
  return async () => {
    const now = await place();
    if (now.loop !== undefined) return validBlueprints(now.loop.application.global(blueprintTable));
    if (read === undefined || read.of !== now || performance.now() - read.at > FRESH_MS) {
      const table = readTable(now.tools.backbone, now.tools.serdes, blueprintTable).then(validBlueprints);
      read = { of: now, at: performance.now(), table };
      table.catch(() => (read = undefined));
    }
    return read.table;
  };
}
