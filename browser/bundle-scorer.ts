import { DomainError } from "../schemas/index.ts";
import type { Scorer } from "../serving/index.ts";
import type { DecisionBundle } from "./decision-bundle.ts";
import type { RunModel } from "./run-session.ts";

/** The model of a bundle as the loop's functions ask a model. */
export function bundleScorer({ features, categories, outputs }: DecisionBundle, run: RunModel): Scorer {
  const columns = features.length;
  return {
    columns,
    outputs,
    metadata: { features: JSON.stringify(features), categories: JSON.stringify(categories) },
    bytes: 0,
    async score(matrix, rows) {
      const results = await run(matrix, rows, columns);
      return outputs.map((name) => {
        const own = results[name];
        if (own?.length === rows) return Float32Array.from(own);
        throw new DomainError(
          "BAD_MODEL",
          `output ${name} of the model has ${own?.length ?? 0} values for ${rows} rows`,
        );
      });
    },
    release: () => Promise.resolve(),
  };
}
