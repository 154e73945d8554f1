import type { BlueprintContent } from "../blueprint.ts";
import { BOUNDS, DEFAULTS } from "../defaults.ts";
import { formatDuration } from "../duration.ts";
import { rangeText, type KeySaid } from "../key-reference.ts";
import { whole, type Partly } from "../yaml/partly.ts";
import type { Place } from "../yaml/place.ts";
import { readDurationFrom } from "../yaml/scalars.ts";
import { optional, readSection } from "../yaml/section.ts";
import type { BlueprintSection } from "./blueprint-section.ts";
import { labelSection } from "./label.ts";

type JoinConfig = BlueprintContent["join"];

const KEYS = {
  ttl: [
    "duration",
    `${formatDuration(DEFAULTS.join.ttlMs)}, or \`label.wait\` where that is longer`,
    `${rangeText("ttl", formatDuration)}, at least \`label.wait\``,
  ],
} satisfies Record<string, KeySaid>;

export const joinSection: BlueprintSection<"join", Partly<JoinConfig> | undefined> = {
  name: "join",
  said: ["section", "all its defaults"],
  keys: () => KEYS,
  read(blueprint, of) {
    const waitMs = of(labelSection)?.waitMs;
    return optional(blueprint, "join", impliedJoin(waitMs), (place) => readJoin(place, waitMs));
  },
  whole,
  describe: ({ ttlMs }) => [["join.ttl", formatDuration(ttlMs)]],
  canonical: (join) => join,
};

const impliedJoin = (waitMs: number | undefined): Partly<JoinConfig> => ({
  ttlMs: waitMs === undefined ? undefined : Math.max(DEFAULTS.join.ttlMs, waitMs),
});

function readJoin(place: Place, waitMs: number | undefined): Partly<JoinConfig> {
  return {
    ttlMs: optional(readSection(place, Object.keys(KEYS)), "ttl", impliedJoin(waitMs).ttlMs, (place) =>
      readDurationFrom(place, BOUNDS.ttl, waitMs, "label.wait"),
    ),
  };
}
