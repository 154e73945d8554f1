import { describe, expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import type { TrainingRow } from "../../../schemas/index.ts";
import { auc } from "../../../statistics/index.ts";
import { loadScorer, sha256 } from "../../../serving/index.ts";
import { openGraph } from "../../../serving/graph/graph-model.ts";
import { openOnnxModel } from "../../../serving/onnx/onnx-session.ts";
import type { Predictor } from "../../../serving/onnx/predictor.ts";
import { fitInWorker, fitModel, type FitRequest } from "../../../trainer/index.ts";
import { fitRows, type FittedRows } from "../../../trainer/fit/fit-rows.ts";
import { splitAgain, splitRows } from "../../../trainer/split-rows.ts";
import { random } from "../../blueprints/random.ts";

const MINUTE = 60_000;
const START = Date.UTC(2026, 0, 5);

const textOf = (model: string, rest = ""): string => `
useCase: parcels
decisionSpace: boolean
context: { weight: number, carrier: category }
features: [weight, carrier]
observations: { minutes: number }
labels:
  late: { value: minutes > 10, wait: 1h }
  features: { value: minutes, aggregate: sum, wait: 5h, objective: regression }
model: { learner: mlp, hidden: [16, 8], epochs: 12, learningRate: 0.003, weightDecay: 0.1${model} }
policy: { decide: late > 0.5 }
${rest}
`;
/** Its second label has the name of the graph's input. */
const shared = compileBlueprint(textOf(", shared: true"));
const apart = compileBlueprint(textOf(""));

/**
 * A decision a minute, of which heavy ones are late by many minutes. Of every other one no minutes are known, and of the
 * newest ones neither: they are not mature. Some rows have the minutes alone.
 */
const COUNT = 1_500;
const MATURE = 1_260;
const next = random(3);
const rows = Array.from({ length: COUNT }, (_, at): TrainingRow => {
  const weight = next() * 30;
  const minutes = weight + 4 * next();
  return {
    ...{ decisionId: `d${String(at).padStart(5, "0")}`, decisionTime: START + at * MINUTE },
    ...{ weight, carrier: next() < 0.5 ? "air" : null },
    label_late: at % 10 === 3 ? null : Number(minutes > 17),
    label_features: at % 2 === 1 && at < MATURE ? minutes : null,
  };
});
const split = splitRows(shared, rows, 0.2);
const fit = (compiled = shared, how = fitModel, given = split): Promise<FittedRows> =>
  fitRows(how, { compiled, split: given, until: START });

const known = (some: readonly TrainingRow[], column: string): readonly TrainingRow[] =>
  some.filter((row) => typeof row[column] === "number");

describe("labels that share a network", () => {
  const fitted = fit();

  test("are divided at one time, so that no row that judges one of them is learnt from for another", () => {
    const [late, minutes] = split.labels as [(typeof split.labels)[0], (typeof split.labels)[0]];
    const first = rows.indexOf(minutes.holdout[0]!);
    // The newest fifth of the rows with minutes is older than that of the rows that are late or not.
    expect(first).toBe(2 * Math.round(0.8 * (MATURE / 2)) + 1);
    expect(late.train).toEqual(known(rows.slice(0, first), "label_late"));
    expect(late.holdout).toEqual(known(rows.slice(first), "label_late"));
    expect([...minutes.train, ...minutes.holdout]).toEqual(known(rows, "label_features"));
    expect(split.train).toEqual(rows.slice(0, first).filter((_row, at) => at % 10 !== 3 || at % 2 === 1));
    const trained = split.labels.map(({ train }) => train.length);
    expect(splitAgain(shared, rows, { all: split.train.length, trained }).train).toEqual(split.train);
    // On their own each keeps its own time.
    expect(splitRows(apart, rows, 0.2).labels[0]!.train.length).toBe(
      Math.round(0.8 * late.train.length + 0.8 * late.holdout.length),
    );
  });

  test("are learnt in one fit, each from the rows that have it", async () => {
    const asked: FitRequest[] = [];
    const one = await fit(shared, (request, onProgress) => {
      asked.push(request);
      return fitModel(request, onProgress);
    });
    expect(asked).toHaveLength(1);
    const [{ train, further }] = asked as [FitRequest];
    expect(train.rows).toBe(split.train.length);
    const [minutes] = further!;
    const lates = [...train.labels].map((value) => (Number.isNaN(value) ? null : value));
    expect(lates).toEqual(split.train.map((row) => row["label_late"]));
    expect([...minutes!.values].filter((value) => !Number.isNaN(value))).toHaveLength(split.labels[1]!.train.length);
    expect(lates.filter((late, row) => late === null && !Number.isNaN(minutes!.values[row])).length).toBeGreaterThan(
      30,
    );
    expect([...one.labels[1]!.train.labels]).toEqual([...minutes!.values].filter((value) => !Number.isNaN(value)));
    const { labels } = await fitted;
    expect(labels.map(({ label }) => label.name)).toEqual(["late", "features"]);
    expect(auc(labels[0]!.holdout.labels, labels[0]!.predictions)).toBeGreaterThan(0.95);
    const { holdout, predictions } = labels[1]!;
    const squares = predictions.reduce((sum, each, row) => sum + (each - holdout.labels[row]!) ** 2, 0);
    // Minutes are from 0 to 34.
    expect(Math.sqrt(squares / holdout.rows)).toBeLessThan(2.5);
  });

  test("are outputs of one file with one body, which serves as ONNX Runtime runs it", async () => {
    const { onnx, labels } = await fitted;
    const [served, runtime] = [openGraph(onnx) as Predictor, await openOnnxModel(onnx)];
    expect(served.outputs).toEqual(["late", "features"]);
    expect(runtime.outputs).toEqual(["late", "features"]);
    const { features, rows: count } = labels[1]!.holdout;
    const [mine, theirs] = [await served.predict(features, count), await runtime.predict(features, count)];
    await runtime.release();
    for (const at of [0, 1]) {
      const scale = at === 0 ? 1 : 30;
      for (const [row, value] of mine[at]!.entries())
        expect(Math.abs(value - theirs[at]![row]!)).toBeLessThan(1e-5 * scale);
    }
    expect([...mine[1]!]).toEqual([...labels[1]!.predictions]);
    const alone = await fit(apart, fitModel, splitRows(apart, rows, 0.2));
    expect(onnx.length).toBeLessThan(0.7 * alone.onnx.length);
  });

  test("give the same bytes again, in a thread too, and others than labels on their own", async () => {
    const { onnx } = await fitted;
    expect(sha256((await fit()).onnx)).toBe(sha256(onnx));
    const there = await fit(shared, fitInWorker);
    expect(sha256(there.onnx)).toBe(sha256(onnx));
    expect(there.labels.map(({ predictions }) => predictions)).toEqual(
      (await fitted).labels.map((each) => each.predictions),
    );
    expect(sha256((await fit(apart, fitModel, split)).onnx)).not.toBe(sha256(onnx));
  });

  test("have a fit a head, with all labels in each, in one file", async () => {
    const text = textOf(", shared: true", "exploration: { bootstrap: 2 }").replace(
      "boolean",
      "{ actions: [air, sea] }",
    );
    const compiled = compileBlueprint(text.replace("decide: late > 0.5", "choose: 0 - late"));
    const done: number[] = [];
    const request = { compiled, split, until: START, onProgress: (at: number, of: number) => done.push(at / of) };
    const { onnx } = await fitRows(fitModel, request);
    const scorer = await loadScorer(onnx);
    const heads = ["late.head1", "features.head1", "late.head2", "features.head2"];
    expect(scorer.outputs).toEqual(["late", "features", ...heads]);
    const { features, rows: count } = (await fitted).labels[0]!.holdout;
    const scores = await scorer.score(features, count);
    await scorer.release();
    // The whole model is that without heads.
    expect([...scores[0]!]).toEqual([...(await fitted).labels[0]!.predictions]);
    expect(new Set(scores.map((each) => each[0])).size).toBe(6);
    expect(done.at(-1)).toBe(1);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
  });

  test("stop together, by the newest rows of each", async () => {
    const model = ", shared: true, validation: 0.2, patience: 1";
    const compiled = compileBlueprint(textOf(model).replace("epochs: 12", "epochs: 300"));
    let epochs = 0;
    await fitRows(fitModel, { compiled, split, until: START, onProgress: () => epochs++ });
    expect(epochs).toBeGreaterThan(2);
    expect(epochs).toBeLessThan(300);
  });
});

test("a label that only the newest rows have, which say when to stop, is refused by name", async () => {
  const compiled = compileBlueprint(textOf(", shared: true, validation: 0.4"));
  const late = { ...split, train: rows.map((row, at) => ({ ...row, label_features: at < 1_200 ? null : 5 })) };
  const labels = split.labels.map(({ label }) => ({ label, train: known(late.train, label.column), holdout: [] }));
  const fitted = fit(compiled, fitModel, { train: late.train, labels });
  await expect(fitted).rejects.toThrow(
    "could not be trained on 1500 rows of weight, carrier: all rows with label features are among the newest, which model.validation 0.4 keeps",
  );
});

describe("a fit of several labels is refused", () => {
  const request: FitRequest = {
    train: { features: Float32Array.of(1, 2, 3), labels: Float32Array.of(0, NaN, 1), rows: 3, columns: 1 },
    holdout: { features: new Float32Array(0), labels: new Float32Array(0), rows: 0, columns: 1 },
    label: { name: "late", objective: "binary" },
    model: shared.blueprint.model,
    metadata: {},
  };
  const withMinutes = (...values: readonly number[]): FitRequest => {
    const label = { name: "minutes", objective: "regression" as const };
    return { ...request, further: [{ label, values: Float32Array.from(values), holdout: request.holdout }] };
  };

  test.each([
    [
      "by a learner that learns one",
      { ...withMinutes(1, 2, 3), model: apart.blueprint.model },
      "learner mlp learns one label at a time by these parameters, not 2",
    ],
    ["with a label that no row has", withMinutes(NaN, NaN, NaN), "no row with a weight above 0 has label minutes"],
    ["with a value that is none", withMinutes(1, Infinity, NaN), "row 1 has label Infinity"],
    ["with fewer values than rows", withMinutes(1, 2), "3 rows × 1 columns do not fit 3 features, 2 labels"],
  ])("%s", async (_, given, said) => {
    await expect(fitModel(given)).rejects.toThrow(said);
  });

  test("but one label has a value in every row", async () => {
    await expect(fitModel(request)).rejects.toThrow("row 1 has label NaN");
  });
});
