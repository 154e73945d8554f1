import type { Blueprint, LearningMode } from "../../blueprints/index.ts";
import type { BlueprintPublished } from "../../schemas/index.ts";
import { timeline, type Span } from "../timeline.ts";

/** Who acts by a version, and since when without another mode in between. */
export interface ModeHeld {
  readonly mode: LearningMode;
  /** Valid after this event time, ms; null: from the version's beginning. */
  readonly since: number | null;
}

/** @param own the mode that the version begins with */
export function modeHeldAt(spans: readonly Span<LearningMode>[], own: LearningMode, time: number): ModeHeld {
  let held: ModeHeld = { mode: own, since: null };
  for (const { after, held: mode = own } of spans) {
    if (after >= time) break;
    if (mode !== held.mode) held = { mode, since: after };
  }
  return held;
}

/** The spans of event time with the mode of a version in each, from its first change on. */
export const modeSpans = (
  { modes }: Pick<BlueprintPublished, "modes">,
  { learning }: Blueprint,
): readonly Span<LearningMode>[] =>
  timeline(
    modes,
    () => 0,
    (_: LearningMode | undefined, { mode }) => mode,
  ).map(({ after, held }) => ({ after, held: held ?? learning.mode }));
