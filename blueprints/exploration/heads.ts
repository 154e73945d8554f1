import type { BlueprintContent } from "../blueprint.ts";
import { kindOfExploration } from "./kinds/index.ts";

/** How many heads a model of the version has beside the one that predicts. */
export const headsOf = ({ exploration }: Pick<BlueprintContent, "exploration">): number =>
  exploration === null ? 0 : (kindOfExploration(exploration.kind).heads?.(exploration.kind) ?? 0);
