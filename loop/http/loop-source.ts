import { blueprintTable, validBlueprints, type ValidBlueprints } from "../../catalogue/index.ts";
import type { HttpSource } from "../../http/index.ts";
import { readTable, StreamsError } from "../../streams/index.ts";
import type { Place } from "../start.ts";
import { Gauge } from "./readiness.ts";

/** A process without the loop reads the blueprints again after this long; ms. */
const FRESH_MS = 1_000;

/** No clock that may be right is ahead of this, ms: a record that is dated later is refused for its distance from here. */
export const latestAt = (place: Place | undefined): number =>
  Math.max(Date.now(), place?.loop?.application.now() ?? Number.NEGATIVE_INFINITY);

/**
 * The loop of this process for its HTTP interface, or the one that this process works beside.
 * @param place the present one; another may follow when another process takes over
 * @param group name of the loop's consumer group
 */
export function loopSource(client: HttpSource["client"], place: () => Place | undefined, group: string): HttpSource {
  const readiness = new Gauge(group);
  let read: { readonly of: Place; readonly at: number; readonly table: Promise<ValidBlueprints> } | undefined;
  return {
    client,
    async blueprints() {
      const now = place();
      if (now === undefined)
        throw new StreamsError("CLOSED", "the loop is being opened again in this process: ask again");
      if (now.loop !== undefined) return validBlueprints(now.loop.application.global(blueprintTable));
      if (read === undefined || read.of !== now || performance.now() - read.at > FRESH_MS) {
        const table = readTable(now.tools.backbone, now.tools.serdes, blueprintTable).then(validBlueprints);
        read = { of: now, at: performance.now(), table };
        table.catch(() => (read = undefined));
      }
      return read.table;
    },
    latest: () => latestAt(place()),
    readiness: () => readiness.read(place()),
  };
}
