import { blueprintTable } from "../catalogue/index.ts";
import { posteriorChanges, posteriorSums } from "../operators/index.ts";
import { clock } from "../schemas/index.ts";
import { defineTopology, type Topology } from "../streams/index.ts";

type Learnt = Parameters<typeof posteriorChanges>;

/** The name of the group that learns a posterior, and of its changelogs. */
export const posteriorGroup = (useCase: string, { id }: { readonly id: string }): string =>
  `posterior-${useCase}.${id}`;

/** From the rows of a use case to the weights of its options. The rows of one option come one after the other. */
export const posteriorTopology = (...[compiled, posterior]: Learnt): Topology =>
  defineTopology({
    name: posteriorGroup(compiled.blueprint.useCase, posterior),
    operators: [posteriorChanges(compiled, posterior), posteriorSums(compiled, posterior)],
    globals: [blueprintTable],
    clock,
  });
