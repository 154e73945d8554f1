import type { BlueprintContent } from "../blueprint.ts";
import { kindOfExploration } from "./kinds/index.ts";

/** How many heads a model of the version has beside the one that predicts. */
export const headsOf = ({ exploration }: Pick<BlueprintContent, "exploration">): number =>
  exploration === null ? 0 : (kindOfExploration(exploration.kind).heads?.(exploration.kind) ?? 0);

/** Whether decisions may have beliefs: the numbers that a kind reads of each option, its scores by each head, a posterior. */
export function hasBeliefs({ exploration, posterior }: Pick<BlueprintContent, "exploration" | "posterior">): boolean {
  if (exploration === null) return posterior !== null;
  const kind = kindOfExploration(exploration.kind);
  const reads = kind.reads?.(exploration.kind) ?? [];
  return posterior !== null || reads.length > 0 || kind.heads !== undefined;
}
