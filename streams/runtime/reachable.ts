import type { Backbone } from "../backbone/backbone.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { Topology } from "../topology/topology.ts";

/** Whether registry and brokers answer for all topics of a topology: then it is not they that hold up a record. */
export async function isReachable(
  { subTopologies, topics }: Topology,
  backbone: Pick<Backbone, "offsets">,
  serdes: Pick<Serdes, "reach">,
): Promise<boolean> {
  const changelogs = subTopologies.filter(({ stateful }) => stateful).map(({ changelog }) => changelog);
  try {
    await Promise.all([
      serdes.reach(),
      backbone.offsets([...new Set([...topics.map(({ name }) => name), ...changelogs])]),
    ]);
    return true;
  } catch {
    return false;
  }
}
