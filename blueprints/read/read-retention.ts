import type { RetentionConfig } from "../blueprint.ts";
import { BOUNDS, DEFAULTS, KEYS } from "../defaults.ts";
import { formatDuration } from "../duration.ts";
import type { Partly } from "./partly.ts";
import { complain, type Place } from "./place.ts";
import { optional, readSection } from "./section.ts";
import { readDuration } from "./values.ts";

export function defaultRetention(ttlMs: number, answersMs = ttlMs): RetentionConfig {
  const { rowsMs, decisionsMs, repeatsPerAnswers } = DEFAULTS.retention;
  return { rowsMs, decisionsMs, answersMs, repeatsMs: repeatsPerAnswers * answersMs };
}

/** What is said of a retention that is not there. */
export function impliedRetention(ttlMs: number | undefined): Partly<RetentionConfig> {
  return ttlMs === undefined
    ? { ...defaultRetention(0), answersMs: undefined, repeatsMs: undefined }
    : defaultRetention(ttlMs);
}

/** @param ttlMs `undefined`: it could not be read. */
export function readRetention(place: Place, ttlMs: number | undefined): Partly<RetentionConfig> {
  const section = readSection(place, KEYS.retention);
  const defaults = impliedRetention(ttlMs);
  const answersMs = optional(section, "answers", defaults.answersMs, (place) => atLeast(place, ttlMs, "join.ttl"));
  const { repeatsMs } = impliedRetention(answersMs);
  return {
    rowsMs: optional(section, "rows", defaults.rowsMs, (place) => readDuration(place, BOUNDS.retention)),
    decisionsMs: optional(section, "decisions", defaults.decisionsMs, (place) => atLeast(place, ttlMs, "join.ttl")),
    answersMs,
    repeatsMs: optional(section, "repeats", repeatsMs, (place) => atLeast(place, answersMs, "retention.answers")),
  };
}

function atLeast(place: Place, leastMs: number | undefined, what: string): number | undefined {
  const ms = readDuration(place, BOUNDS.retention);
  if (ms === undefined || leastMs === undefined || ms >= leastMs) return ms;
  const least = formatDuration(leastMs);
  return complain(place, `${formatDuration(ms)} is shorter than ${what}, ${least}`, `at least ${least}`);
}
