import type { CompiledBlueprint } from "../../blueprints/index.ts";
import { events } from "../../schemas/index.ts";
import { isEventTime, readRaw, type Backbone } from "../../streams/index.ts";

/** A window that looks back on events that are no longer retained. */
export interface PartialWindow {
  readonly feature: string;
  /** Events before this time are gone from the topic, ms. */
  readonly retainedFrom: number;
  /** From this time on the window looks back on retained events alone, ms. */
  readonly wholeFrom: number;
}

/** The windows of these groups that are not whole at a time, ms, although they hold every retained event. */
export async function partialWindows(
  backbone: Backbone,
  { layout }: CompiledBlueprint,
  groups: CompiledBlueprint["groups"],
  time: number,
): Promise<readonly PartialWindow[]> {
  if (groups.length === 0) return [];
  const retainedFrom = await eventsRetainedFrom(backbone);
  return groups.flatMap(({ windows }) =>
    windows
      .filter(({ windowMs }) => time - windowMs < retainedFrom)
      .map(({ featureIndex, windowMs }) => ({
        feature: layout[featureIndex]!.name,
        retainedFrom,
        wholeFrom: retainedFrom + windowMs,
      })),
  );
}

/**
 * Time of the first retained event on partitions that have lost their beginning, the latest of them, ms; `-Infinity`:
 * no partition has.
 */
export async function eventsRetainedFrom(backbone: Backbone): Promise<number> {
  if ((await backbone.partitions(events.name)) === undefined) return Number.NEGATIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  for (const { partition, start, end } of await backbone.offsets([events.name])) {
    if (start === 0 || start >= end) continue;
    const ranges = [{ partition, from: start, to: start + 1 }];
    for await (const records of readRaw(backbone, events.name, { ranges })) {
      for (const { timestamp } of records) if (isEventTime(timestamp)) latest = Math.max(latest, timestamp);
    }
  }
  return latest;
}
