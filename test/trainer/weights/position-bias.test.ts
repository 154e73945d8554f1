import { describe, expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import type { TrainingRow } from "../../../schemas/index.ts";
import { loadScorer } from "../../../serving/index.ts";
import { fitModel } from "../../../trainer/index.ts";
import { fitRows } from "../../../trainer/fit/fit-rows.ts";
import { predictRows } from "../../../trainer/predict-rows.ts";
import { splitRows } from "../../../trainer/split-rows.ts";
import { hash32, normal, SHOWN, uniform, world } from "./world.ts";

const NAMES = ["x1", "x2", "x3", "x4", "x5", "x6"];
const blueprint = ({ position = false, weight = "" }): string => `
useCase: search
decisionSpace: { options: { ${NAMES.map((name) => `${name}: number`).join(", ")} } }
context: { query: category }
observations: { click: boolean }
features: [${NAMES.join(", ")}${position ? ", { place: { shownPosition: 1 } }" : ""}]
label: { name: clicked, value: click, default: 0 }
model: { depth: 4, rounds: 150, learningRate: 0.1, minChildWeight: 20, maxBins: 128 }
policy: { rank: clicked }
training: { minRows: 1${weight === "" ? "" : `, weight: "${weight}"`} }
`;
const SEED = 0;
const SESSIONS = 20_000;

test("the random numbers are those of the reference", () => {
  expect([hash32(1, 0), hash32(42, 7, 3)]).toEqual([2527132011, 2940315975]);
  expect(uniform(42, 7, 3)).toBeCloseTo(0.68459566, 8);
  expect(normal(42, 7, 3)).toBeCloseTo(0.27642261, 8);
});

describe("of clicks with position bias", () => {
  const { shown, later, ndcg } = world(SEED, SESSIONS);
  const valuesOf = (features: readonly number[]): Record<string, number> =>
    Object.fromEntries(features.map((value, at) => [NAMES[at]!, value]));
  const rows = shown.map(({ session, features, position, clicked }): TrainingRow => ({
    ...{ decisionId: `s${session}`, decisionTime: session, propensity: 1, ...valuesOf(features) },
    ...{ place: position, optionPosition: position, optionScore: null, label: clicked ? 1 : 0 },
  }));
  /** As they are asked of a model: each option as if it were on top. */
  const asked = later.flat().map((features): TrainingRow => ({ ...valuesOf(features), place: 1 }));

  /** NDCG@10 on new queries of a model that is trained on the clicks. */
  async function learnt(of: Parameters<typeof blueprint>[0]): Promise<number> {
    const compiled = compileBlueprint(blueprint(of));
    const { onnx } = await fitRows(fitModel, { compiled, split: splitRows(compiled, rows, 0), until: SESSIONS });
    const scorer = await loadScorer(onnx);
    try {
      return ndcg(await predictRows(scorer, compiled, asked));
    } finally {
      await scorer.release();
    }
  }

  /** Means of three seeds of the reference, with XGBoost: 0.781 without a correction, 0.852 with the position. */
  test("a weight by the probability of being seen corrects it, and so does the position as a feature", async () => {
    expect(rows).toHaveLength(SESSIONS * SHOWN);
    const naive = await learnt({});
    const weighted = await learnt({ weight: "if(clicked, optionPosition, 1)" });
    const feature = await learnt({ position: true });
    expect(Math.abs(naive - 0.781)).toBeLessThan(0.01);
    expect(weighted).toBeGreaterThan(naive + 0.05);
    expect(feature).toBeGreaterThan(0.845);
  });
});
