import type { RetentionConfig } from "../config/retention-config.ts";
import { canonicalJson } from "../canonical-json.ts";
import { BOUNDS, DEFAULTS } from "../defaults.ts";
import { formatDuration } from "../duration.ts";
import { rangeText, type KeySaid } from "../key-reference.ts";
import { whole, type Partly } from "../yaml/partly.ts";
import type { Place } from "../yaml/place.ts";
import { optional, readSection } from "../yaml/section.ts";
import { readDuration, readDurationFrom } from "../yaml/scalars.ts";
import type { BlueprintSection } from "./blueprint-section.ts";
import { joinSection } from "./join.ts";

const range = rangeText("retention", formatDuration);
const stays = (ms: number | null): string => (ms === null ? "for ever" : formatDuration(ms));
/** For people who write it down. */
const FOR_EVER = "leave the key out: it stays for ever then";
const KEYS = {
  rows: ["duration", stays(DEFAULTS.retention.rowsMs), range],
  decisions: ["duration", stays(DEFAULTS.retention.decisionsMs), `${range}, at least \`join.ttl\``],
  answers: ["duration", "`join.ttl`", `${range}, at least \`join.ttl\``],
  repeats: [
    "duration",
    `${DEFAULTS.retention.repeatsPerAnswers} times \`retention.answers\``,
    `${range}, at least \`retention.answers\``,
  ],
} satisfies Record<string, KeySaid>;

export const retentionSection: BlueprintSection<"retention", Partly<RetentionConfig> | undefined> = {
  name: "retention",
  said: ["section", "all its defaults"],
  keys: () => KEYS,
  read(blueprint, of) {
    const ttlMs = of(joinSection)?.ttlMs;
    return optional(blueprint, "retention", impliedRetention(ttlMs), (place) => readRetention(place, ttlMs));
  },
  whole,
  describe: ({ rowsMs, decisionsMs, answersMs, repeatsMs }) => [
    ["retention.rows", stays(rowsMs)],
    ["retention.decisions", stays(decisionsMs)],
    ["retention.answers", formatDuration(answersMs)],
    ["retention.repeats", formatDuration(repeatsMs)],
  ],
  // Older versions have no retention in their hash.
  canonical: (retention, { join }) =>
    canonicalJson(retention) === canonicalJson(defaultRetention(join.ttlMs)) ? undefined : retention,
};

function defaultRetention(ttlMs: number, answersMs = ttlMs): RetentionConfig {
  const { rowsMs, decisionsMs, repeatsPerAnswers } = DEFAULTS.retention;
  return { rowsMs, decisionsMs, answersMs, repeatsMs: repeatsPerAnswers * answersMs };
}

/** The retention for an absent section. */
function impliedRetention(ttlMs: number | undefined): Partly<RetentionConfig> {
  return ttlMs === undefined
    ? { ...defaultRetention(0), answersMs: undefined, repeatsMs: undefined }
    : defaultRetention(ttlMs);
}

/** @param ttlMs `undefined`: it could not be read. */
function readRetention(place: Place, ttlMs: number | undefined): Partly<RetentionConfig> {
  const section = readSection(place, Object.keys(KEYS));
  const defaults = impliedRetention(ttlMs);
  const answersMs = optional(section, "answers", defaults.answersMs, (place) => atLeast(place, ttlMs, "join.ttl"));
  const { repeatsMs } = impliedRetention(answersMs);
  return {
    rowsMs: optional(section, "rows", defaults.rowsMs, (place) => readDuration(place, BOUNDS.retention, FOR_EVER)),
    decisionsMs: optional(section, "decisions", defaults.decisionsMs, (place) =>
      atLeast(place, ttlMs, "join.ttl", FOR_EVER),
    ),
    answersMs,
    repeatsMs: optional(section, "repeats", repeatsMs, (place) => atLeast(place, answersMs, "retention.answers")),
  };
}

const atLeast = (place: Place, leastMs: number | undefined, what: string, endless?: string): number | undefined =>
  readDurationFrom(place, BOUNDS.retention, leastMs, what, endless);
