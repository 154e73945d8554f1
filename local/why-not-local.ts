import type { CompiledBlueprint } from "../blueprints/index.ts";

/**
 * The reason that a version can't be decided in the product's process; `undefined`: it can. Windows of events and posteriors are
 * state of the loop: they change with every event and every row.
 */
export function whyNotLocal({ blueprint, groups, posterior }: CompiledBlueprint): string | undefined {
  const names = blueprint.features.filter(({ kind }) => kind === "window").map(({ name }) => name);
  if (groups.length > 0)
    return `its windows of events (${names.join(", ")}) live in the loop's state, which this process does not have`;
  return posterior === null
    ? undefined
    : "its posterior is learnt row by row in the loop, and a decision needs its newest state";
}
