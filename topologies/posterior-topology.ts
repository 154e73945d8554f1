import { blueprintTable } from "../catalogue/index.ts";
import { posteriorChanges, posteriorSums } from "../operators/index.ts";
import { clock } from "../schemas/index.ts";
import { defineTopology, type Topology } from "../streams/index.ts";

/**
 * From the rows of a use case to the weights of its options. The rows of one option come one after the other.
 *
 * @param name of the group's changelogs
 */
export const posteriorTopology = (
  name: string,
  ...[compiled, posterior]: Parameters<typeof posteriorChanges>
): Topology =>
  defineTopology({
    name,
    operators: [posteriorChanges(compiled, posterior), posteriorSums(compiled, posterior)],
    globals: [blueprintTable],
    clock,
  });
