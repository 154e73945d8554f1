import type { RetentionConfig } from "../blueprint.ts";
import { BOUNDS, DEFAULTS } from "../defaults.ts";
import { formatDuration } from "../duration.ts";
import { complain, type Place } from "./place.ts";
import { optional, readSection } from "./section.ts";
import { readDuration } from "./values.ts";

const FIELDS = ["rows", "decisions", "answers", "repeats"];

export function defaultRetention(ttlMs: number, answersMs = ttlMs): RetentionConfig {
  const { rowsMs, decisionsMs, repeatsPerAnswers } = DEFAULTS.retention;
  return { rowsMs, decisionsMs, answersMs, repeatsMs: repeatsPerAnswers * answersMs };
}

export function readRetention(place: Place, ttlMs: number): RetentionConfig {
  const section = readSection(place, FIELDS);
  const defaults = defaultRetention(ttlMs);
  const answersMs = optional(section, "answers", defaults.answersMs, (place) => atLeast(place, ttlMs, "join.ttl"));
  const { repeatsMs } = defaultRetention(ttlMs, answersMs);
  return {
    rowsMs: optional(section, "rows", defaults.rowsMs, (place) => readDuration(place, BOUNDS.retention) ?? null),
    decisionsMs: optional(
      section,
      "decisions",
      defaults.decisionsMs,
      (place) => atLeast(place, ttlMs, "join.ttl") ?? null,
    ),
    answersMs,
    repeatsMs: optional(section, "repeats", repeatsMs, (place) => atLeast(place, answersMs, "retention.answers")),
  };
}

function atLeast(place: Place, leastMs: number, what: string): number | undefined {
  const ms = readDuration(place, BOUNDS.retention);
  if (ms === undefined || ms >= leastMs) return ms;
  const least = formatDuration(leastMs);
  return complain(place, `${formatDuration(ms)} is shorter than ${what}, ${least}`, `at least ${least}`);
}
