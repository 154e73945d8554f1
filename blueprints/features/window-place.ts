import type { WindowPlace } from "../blueprint.ts";
import { complain, type Place } from "../yaml/place.ts";
import { readChoice } from "../yaml/scalars.ts";
import type { FeaturesKnown } from "./feature-kind.ts";

const PLACES: readonly WindowPlace[] = ["memory", "disk", "keyed"];

/** All windows of a group share their tiles, so those that name a place name the same one. */
export function readWindowPlace(
  place: Place,
  { event, by }: { readonly event: string | undefined; readonly by: readonly string[] | undefined },
  { earlier }: FeaturesKnown,
): WindowPlace | undefined {
  const state = readChoice(place, PLACES);
  if (state === undefined || event === undefined || by === undefined) return state;
  const groupOf = (keys: readonly string[]): string => [...keys].sort().join("+");
  for (const other of earlier.values()) {
    if (other.kind !== "window" || other.state === undefined || other.state === state) continue;
    if (other.event !== event || groupOf(other.by) !== groupOf(by)) continue;
    return complain(
      place,
      `"${other.name}" keeps the same events with state: ${other.state}`,
      `windows over ${event} by ${groupOf(by)} share their events: write the same place in all of them`,
    );
  }
  return state;
}
