import type { Tools } from "../../loop/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { scoreRows, type RowsScore, type TrainResult } from "../../trainer/index.ts";
import { readVersions } from "./blueprints/versions.ts";

/**
 * Metrics of a new model on rows that it has not seen, up to `until`, ms of decision time.
 * @param topic of the rows; absent: the use case's own
 * @returns `undefined` without `until`
 */
export async function scoreAfter(
  tools: Tools,
  { model, onnx, newest }: Extract<TrainResult, { readonly kind: "trained" }>,
  until: number | undefined,
  topic: string | undefined,
): Promise<RowsScore | undefined> {
  if (until === undefined) return undefined;
  const known = await readVersions(tools);
  const compiled = known.version(model.useCase, model.blueprintVersion)!;
  return scoreRows(tools, compiled, known, onnx, newest + 1, until, rowsTopic(compiled, topic));
}
