import type { CompiledBlueprint } from "../../blueprints/index.ts";
import type { Categories } from "../../serving/index.ts";

/**
 * Everything in a file besides the model: no offsets and no wall clock, so that the same rows give the same bytes on
 * any backbone.
 *
 * @param until event time of the training, ms
 */
export function fileMetadata(
  { blueprint, layout }: CompiledBlueprint,
  categories: Categories,
  until: number,
  seed: number,
): Readonly<Record<string, string>> {
  return {
    useCase: blueprint.useCase,
    blueprintVersion: blueprint.version,
    // The name of the output if the file has only one. Of several outputs each has its label's name.
    ...(blueprint.labels.length === 1 ? { label: blueprint.label.name } : {}),
    features: JSON.stringify(layout.map(({ name }) => name)),
    categories: JSON.stringify(categories),
    until: new Date(until).toISOString(),
    seed: String(seed),
  };
}
