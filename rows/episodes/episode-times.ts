import type { CompiledBlueprint } from "../../blueprints/index.ts";

/** So long after a decision the row of every decision that could follow it within the gap has come, ms. */
export const closedAfterMs = ({ episodes, waitMs }: CompiledBlueprint): number => episodes!.gapMs + waitMs;

/** So long after its last decision no row of an episode can be corrected, and none can join it, ms. */
export const overAfterMs = ({ blueprint, episodes, waitMs }: CompiledBlueprint): number =>
  episodes!.gapMs + Math.max(waitMs, blueprint.join.ttlMs);
