import { ownValue } from "../../streams/index.ts";
import type { BlueprintContent, WindowAggregate, WindowFeature } from "../blueprint.ts";
import { formatDuration } from "../duration.ts";
import { tileWidth } from "./tile-width.ts";

export interface GroupWindow {
  /** Where its value goes in the feature vector. */
  readonly featureIndex: number;
  readonly aggregate: WindowAggregate;
  /** Into the group's fields; −1 for count. */
  readonly fieldIndex: number;
  readonly windowMs: number;
  readonly open: boolean;
}

/** All windows over one event kind by the same context entries: they share one set of tiles. */
export interface WindowGroup {
  /** `departure/carrier+origin`: says what is grouped, stays the same when windows come and go. */
  readonly id: string;
  /**
   * `departure/carrier+origin/15m/3h/delay_min`: says what the tiles' bytes mean and how far back they reach, so that tiles of one id hold the same
   * whichever version asks. Key stored state by this one.
   */
  readonly stateId: string;
  readonly event: string;
  /** Sorted. */
  readonly by: readonly string[];
  /** What a tile holds per event, in the order the event declares them. */
  readonly fields: readonly string[];
  readonly tileMs: number;
  /** The longest window. A tile is needed until its end + `retentionMs`: see `tileExpiry`. */
  readonly retentionMs: number;
  readonly windows: readonly GroupWindow[];
}

/** In the order in which the features first name them. */
export function windowGroups(blueprint: Pick<BlueprintContent, "features" | "events">): readonly WindowGroup[] {
  const members = new Map<string, { feature: WindowFeature; featureIndex: number }[]>();
  for (const [featureIndex, feature] of blueprint.features.entries()) {
    if (feature.kind !== "window") continue;
    const id = `${feature.event}/${[...feature.by].sort().join("+")}`;
    members.set(id, [...(members.get(id) ?? []), { feature, featureIndex }]);
  }
  return [...members].map(([id, windows]) => {
    const [event = "", by = ""] = id.split("/");
    const used = new Set(windows.map(({ feature }) => feature.field));
    const fields = (ownValue(blueprint.events, event)?.fields ?? []).filter((field) => used.has(field));
    const retentionMs = Math.max(...windows.map(({ feature }) => feature.windowMs));
    const tileMs = tileWidth(retentionMs);
    return {
      id,
      stateId: `${id}/${formatDuration(tileMs)}/${formatDuration(retentionMs)}/${fields.join("+")}`,
      event,
      by: by.split("+"),
      fields,
      tileMs,
      retentionMs,
      windows: windows.map(({ feature, featureIndex }) => ({
        featureIndex,
        aggregate: feature.aggregate,
        fieldIndex: feature.field === null ? -1 : fields.indexOf(feature.field),
        windowMs: feature.windowMs,
        open: feature.open,
      })),
    };
  });
}
