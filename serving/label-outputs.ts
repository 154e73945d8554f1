import { headName, headsOf, predictionNames, type Blueprint } from "../blueprints/index.ts";
import type { ServedModel } from "./served-model.ts";
import { DomainError } from "../schemas/index.ts";

/** A label and the place of its prediction among a model's outputs. */
export interface LabelOutput {
  readonly label: string;
  readonly output: number;
}

/** The single output of a file that does not name its label. */
const UNNAMED = "prediction";

/**
 * The outputs of a model that predict the labels of a blueprint.
 *
 * @throws DomainError `BAD_MODEL` when no output has a label's name; further outputs are ignored
 */
export function labelOutputs({ outputs }: Pick<ServedModel, "outputs">, blueprint: Blueprint): readonly LabelOutput[] {
  const labels = predictionNames(blueprint);
  if (labels.length === 1 && outputs.length === 1 && outputs[0] === UNNAMED) return [{ label: labels[0]!, output: 0 }];
  const what = blueprint.labels.some(({ name }) => name === labels[0]) ? "a label" : "a value";
  const heads = Array.from({ length: headsOf(blueprint) }, (_, at) => at + 1);
  const named = labels.flatMap((label) => [label, ...heads.map((head) => headName(label, head))]);
  return named.map((name) => {
    const output = outputs.indexOf(name);
    if (output < 0)
      throw new DomainError(
        "BAD_MODEL",
        `it has no output "${name}", ${what} of the blueprint; it has ${outputs.join(", ")}`,
      );
    return { label: name, output };
  });
}
