import { expect, test } from "vitest";
import type { ModelConfig } from "../../../blueprints/index.ts";
import { deliveries, FIRST_DAY, type Delivery } from "../../../cli/simulator/readers.ts";
import type { TrainingMatrix } from "../../../rows/index.ts";
import { evaluate, fitModel } from "../../../trainer/index.ts";

/** Decisions of the app that `loopstream simulate` plays, with the features of the tutorial's blueprint. */
const EDITIONS = ["evening", "morning", "noon"];
const inputs = [{ name: "edition", categories: EDITIONS.length }, { name: "weekend" }, { name: "opens_7d" }];

function matrixOf(some: readonly Delivery[], before: readonly Delivery[]): TrainingMatrix {
  const opened = Map.groupBy(
    before.filter((one) => one.opened !== undefined),
    ({ reader }) => reader,
  );
  const rows = some.map(({ reader, time, context }) => {
    const opens = (opened.get(reader) ?? []).filter((one) => one.opened!.time < time).length;
    return [EDITIONS.indexOf(context.edition), Number(context.weekend), opens];
  });
  const labels = some.map((one) => Number(one.opened !== undefined));
  const columns = inputs.length;
  return { features: Float32Array.from(rows.flat()), labels: Float32Array.from(labels), rows: rows.length, columns };
}

test.each([900, 1_500, 2_100])(
  "of %i rows a search makes a model that beats the constant on the newest tenth",
  async (count) => {
    const losses = { auto: 0, constant: 0 };
    for (const seed of [1, 2, 3]) {
      // Within seven days each window holds all that was opened before.
      const all = [...deliveries(seed, FIRST_DAY, 6)].flat();
      const older = 0.9 * count;
      const [train, holdout] = [matrixOf(all.slice(0, older), all), matrixOf(all.slice(older, count), all)];
      const lossOf = async (model: ModelConfig): Promise<number> => {
        const label = { name: "opens", objective: "binary" } as const;
        const { predictions } = await fitModel({ train, holdout, inputs, label, model, metadata: {} });
        return evaluate(predictions, holdout.labels, "binary")["logLoss"]!;
      };
      losses.auto += await lossOf({
        objective: "binary",
        learner: "auto",
        trials: 12,
        cpuSeconds: 0,
        monotone: "none",
        seed: 0,
      });
      losses.constant += await lossOf({ objective: "binary", learner: "constant", seed: 0 });
    }
    expect(losses.auto).toBeLessThan(losses.constant);
  },
);
