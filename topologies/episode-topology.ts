import { blueprintTable } from "../catalogue/index.ts";
import { episodesOf, rowsOfEpisodes } from "../operators/index.ts";
import { clock } from "../schemas/index.ts";
import { defineTopology, type Topology } from "../streams/index.ts";

/**
 * From the rows of a use case to the steps of its episodes. The rows of one episode come one after the other.
 *
 * @param name of the group's changelogs
 */
export const episodeTopology = (name: string, compiled: Parameters<typeof episodesOf>[0]): Topology =>
  defineTopology({
    name,
    operators: [rowsOfEpisodes(compiled), episodesOf(compiled)],
    globals: [blueprintTable],
    clock,
  });
