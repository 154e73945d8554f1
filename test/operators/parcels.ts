import { parseBlueprint } from "../../blueprints/index.ts";
import type { BlueprintPublished, DecisionRecorded, DecisionRequested, ModelRecorded } from "../../schemas/index.ts";
import { loadScorer, type Scorer } from "../../serving/index.ts";
import { onnxFromTrees } from "../../trainer/onnx/index.ts";

/** A small use case: shall the receiver of a parcel be warned? */
export const PARCELS = `useCase: parcels
decisionSpace: boolean
context:
  weight: number
  carrier: category
  express: boolean
  depot: key
events:
  scan: { fields: [minutes] }
features:
  - weight
  - carrier
  - express
  - m_depot_1h: { mean: minutes, of: scan, by: depot, in: 1h }
  - n_depot_1h: { count: true, of: scan, by: depot, in: 1h }
  - last_depot: { last: minutes, of: scan, by: depot, in: 24h, open: true }
observations:
  kind: category
  delay: number
label:
  name: late
  when: kind == "arrival"
  value: delay >= 10
  wait: 2h
policy:
  formulas:
    risk: late
  decide: risk > 0.5
join:
  ttl: 6h
`;

export const HOUR = 3_600_000;
/** An hour's start, so that hours are easy to see. */
export const START = 1_700_000 * 1_000_000 - ((1_700_000 * 1_000_000) % HOUR);

export const parcels = parseBlueprint(PARCELS);

/** A blueprint's record and its key, live after `since`. */
export function published(text = PARCELS, since = 0): { key: string; value: BlueprintPublished; time: number } {
  const { useCase, version } = parseBlueprint(text);
  const value = {
    useCase,
    version,
    text,
    activations: [{ time: since, live: true }],
    shadowings: [],
    parameters: [],
    modes: [],
  };
  return { key: `${useCase}/${version}`, value, time: since };
}

/** Weight under 10: 0.119; over, or missing: 0.881. */
export const onnx: Uint8Array = onnxFromTrees(
  {
    objective: "binary:logistic",
    columns: 6,
    baseScore: 0.5,
    trees: [
      {
        left: [1, -1, -1],
        right: [2, -1, -1],
        column: [0, 0, 0],
        condition: [10, -2, 2],
        missingLeft: [false, false, false],
        gain: [1, 0, 0],
      },
    ],
  },
  { categories: JSON.stringify({ carrier: ["air", "road"] }) },
);
export const LIGHT = 1 / (1 + Math.exp(2));
export const HEAVY = 1 / (1 + Math.exp(-2));

export const scorers = (): Promise<Scorer> => loadScorer(onnx);
/** For topologies that must not ask for a model. */
export const noScorers = (): Promise<Scorer> => Promise.reject(new Error("there is no model to load"));

/** A model's record and its key, in production after `since`. */
export function inProduction(
  modelId: string,
  since: number,
  states: ModelRecorded["states"] = [
    { state: "production", time: since, reason: "test", share: null, by: "unit", ladder: false },
  ],
): { key: string; value: ModelRecorded; time: number } {
  const value: ModelRecorded = {
    modelId,
    useCase: parcels.useCase,
    blueprintVersion: parcels.version,
    artifact: { sha256: modelId, bytes: onnx.length, chunks: 1, partition: 0, offset: 0 },
    states,
    metrics: {},
    report: null,
    provenance: {
      rowsTopic: "training-rows.parcels",
      ranges: [],
      until: since,
      rows: 0,
      holdout: 0,
      seed: 0,
      trainedUntil: since,
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
  return { key: `${parcels.useCase}/${modelId}`, value, time: since };
}

/** A decision as `decide` records it. */
export function decision(decisionId: string, time: number, more: Partial<DecisionRecorded> = {}): DecisionRecorded {
  return {
    decisionId,
    unit: "anna",
    useCase: parcels.useCase,
    blueprintVersion: parcels.version,
    modelId: "m1",
    features: [20, "air", 1, 2.5, 3, null],
    predictions: { late: 0.75 },
    actions: [false, true],
    distribution: [0, 1],
    value: true,
    propensity: 1,
    seed: "0123456789abcdef",
    mode: "online",
    reason: "exploit",
    decisionTime: time,
    deferred: false,
    repeatOf: null,
    keys: { carrier: "air" },
    parameters: {},
    options: [],
    candidates: 0,
    scores: [],
    proposed: [],
    beliefs: [],
    ...more,
  };
}

export function request(
  decisionId: string,
  context: DecisionRequested["context"],
  more: Partial<DecisionRequested> = {},
): DecisionRequested {
  return {
    decisionId,
    useCase: parcels.useCase,
    unit: "anna",
    context,
    deferred: false,
    logged: null,
    answered: null,
    candidates: [],
    ...more,
  };
}
