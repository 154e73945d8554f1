import type { Blueprint, LearningMode } from "../../blueprints/index.ts";
import type { BlueprintPublished } from "../../schemas/index.ts";
import { timeline, type Span } from "../timeline.ts";

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
