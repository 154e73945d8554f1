import type { Blueprint, CompiledBlueprint } from "../blueprints/index.ts";
import { trainingRows, type TrainingRow } from "../schemas/index.ts";
import type { AvroSchema, Topic } from "../streams/index.ts";
import { rowSchema } from "./row-schema.ts";

/** Making a topic compiles its Avro type. */
const topics = new WeakMap<Blueprint, Topic<TrainingRow>>();

/**
 * The topic of a version's training rows, with the version's row schema. Made once for each version: every written row
 * asks for it.
 *
 * @param name another topic with rows of the version, such as a replay's; absent: the use case's own
 */
export function rowsTopic(
  { blueprint }: Pick<CompiledBlueprint, "blueprint">,
  name?: string | undefined,
): Topic<TrainingRow> {
  let topic = topics.get(blueprint);
  if (topic === undefined) {
    topic = trainingRows(blueprint.useCase, rowSchema(blueprint) as unknown as AvroSchema);
    topics.set(blueprint, topic);
  }
  return name === undefined ? topic : { ...topic, name };
}
