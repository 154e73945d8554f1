import type { BlueprintContent } from "../blueprint.ts";
import { BOUNDS, DEFAULTS } from "../defaults.ts";
import { formatDuration } from "../duration.ts";
import { rangeText, type KeySaid } from "../key-reference.ts";
import { whole, type Partly } from "../yaml/partly.ts";
import type { Place } from "../yaml/place.ts";
import { readDurationFrom } from "../yaml/scalars.ts";
import { optional, readSection } from "../yaml/section.ts";
import type { BlueprintSection } from "./blueprint-section.ts";
import { labelsSection, type ReadLabels } from "./labels/labels.ts";

type JoinConfig = BlueprintContent["join"];

const KEYS = {
  ttl: [
    "duration",
    `${formatDuration(DEFAULTS.join.ttlMs)}, or the longest wait of a label where that is longer`,
    `${rangeText("ttl", formatDuration)}, at least that wait`,
  ],
} satisfies Record<string, KeySaid>;

export const joinSection: BlueprintSection<"join", Partly<JoinConfig> | undefined> = {
  name: "join",
  said: ["section", "all its defaults"],
  keys: () => KEYS,
  read(blueprint, of) {
    const wait = longestWait(of(labelsSection));
    return optional(blueprint, "join", impliedJoin(wait?.ms), (place) => readJoin(place, wait));
  },
  whole,
  describe: ({ ttlMs }) => [["join.ttl", formatDuration(ttlMs)]],
  canonical: (join) => join,
};

const impliedJoin = (waitMs: number | undefined): Partly<JoinConfig> => ({
  ttlMs: waitMs === undefined ? undefined : Math.max(DEFAULTS.join.ttlMs, waitMs),
});

interface Wait {
  readonly ms: number;
  /** Its place in the file. */
  readonly path: string;
}

/** `undefined`: not all could be read. */
function longestWait({ labels, complete }: ReadLabels): Wait | undefined {
  if (!complete) return undefined;
  const waits: Wait[] = [];
  for (const { name, waitMs } of labels) {
    if (waitMs === undefined) return undefined;
    waits.push({ ms: waitMs, path: labels.length === 1 ? "label.wait" : `labels.${name}.wait` });
  }
  return waits.reduce((longest, wait) => (wait.ms > longest.ms ? wait : longest));
}

function readJoin(place: Place, wait: Wait | undefined): Partly<JoinConfig> {
  return {
    ttlMs: optional(readSection(place, Object.keys(KEYS)), "ttl", impliedJoin(wait?.ms).ttlMs, (place) =>
      readDurationFrom(place, BOUNDS.ttl, wait?.ms, wait?.path ?? "label.wait"),
    ),
  };
}
