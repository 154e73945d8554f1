import type { ModelRecorded, ModelState, ShareSubject } from "../../../schemas/index.ts";

/** A model's record with these states, each `[state, time]`, a canary with its share. */
export function modelOf(
  modelId: string,
  states: readonly (readonly [state: ModelState["state"], time: number, share?: number, by?: ShareSubject])[],
  { useCase = "parcels", blueprintVersion = "v1" } = {},
): ModelRecorded {
  return {
    modelId,
    useCase,
    blueprintVersion,
    artifact: { sha256: modelId, bytes: 1, chunks: 1, partition: 0, offset: 0 },
    states: states.map(([state, time, share = null, by = "unit"]) => ({
      state,
      time,
      reason: "for the test",
      share,
      by,
      ladder: false,
    })),
    metrics: {},
    report: null,
    provenance: {
      rowsTopic: "training-rows.parcels",
      ranges: [],
      until: 0,
      rows: 1,
      holdout: 0,
      seed: 1,
      trainedUntil: 0,
      codeVersion: "test",
      versions: [],
      leftOut: [],
      treated: [],
      trainedRows: [],
      refitted: false,
      labelsTrainedUntil: [],
      evaluation: 0,
      kept: 0,
      imported: null,
    },
  };
}
