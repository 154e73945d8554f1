import type { HttpSource } from "../../http/index.ts";
import { StreamsError } from "../../streams/index.ts";
import type { Place } from "../start.ts";
import { tableRowsOf } from "../tables/index.ts";
import { knownBlueprints } from "./known-blueprints.ts";
import { Gauge } from "./readiness.ts";

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
  const present = (): Place => {
    const now = place();
    if (now === undefined)
      throw new StreamsError("CLOSED", "the loop is being opened again in this process: ask again");
    return now;
  };
  const blueprints = knownBlueprints(present);
  return {
    client,
    blueprints,
    tables: tableRowsOf(present, blueprints),
    latest: () => latestAt(place()),
    readiness: () => readiness.read(place()),
  };
}
