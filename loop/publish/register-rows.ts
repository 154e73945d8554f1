import { canTrainOn, type Blueprint, type CompiledBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { StreamsError, type TopicTools } from "../../streams/index.ts";

/**
 * Rows of the new version must be readable beside the old ones. A column that changed its type is refused here, by
 * name.
 */
export async function registerRows(
  { serdes }: TopicTools,
  compiled: CompiledBlueprint,
  live: Blueprint | undefined,
): Promise<void> {
  try {
    await serdes.open(rowsTopic(compiled));
  } catch (error) {
    if (live === undefined) throw error;
    const { incompatibilities } = canTrainOn(compiled.blueprint, live);
    const words = incompatibilities.map(({ text: reason }) => reason).join("; ");
    throw new StreamsError(
      "INCOMPATIBLE_SCHEMA",
      `its rows can't follow those of version ${live.version}: ${words || String(error)}; give the feature a new name`,
      error,
    );
  }
}
