import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { compileBlueprint, type CompiledBlueprint } from "../../../blueprints/index.ts";
import { blueprintTable, readModels, validBlueprints } from "../../../catalogue/index.ts";
import { trainedJson, trainedText } from "../../../cli/text/models/trained-text.ts";
import { openTools, publishBlueprint } from "../../../loop/index.ts";
import { rowsTopic, treatedText } from "../../../rows/index.ts";
import type { TrainingRow } from "../../../schemas/index.ts";
import { createEmbeddedBackbone, readTable, type EmbeddedBackbone } from "../../../streams/index.ts";
import {
  evaluate,
  fitModel,
  rebuildModel,
  scoreRows,
  servedModels,
  trainModel,
  type TrainRequest,
  type TrainResult,
} from "../../../trainer/index.ts";
import { fitRows } from "../../../trainer/fit/fit-rows.ts";
import { splitRows } from "../../../trainer/split-rows.ts";
import { compiled as PLAIN, HOUR, rows, START, TEXT } from "../parcel-rows.ts";

const weighing = (weight: string, text = TEXT): string =>
  text.replace("minRows: 200", `minRows: 200, weight: ${JSON.stringify(weight)}`);
const UNTIL = START + 10_000 * HOUR;
const COUNT = 400;

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Awaited<ReturnType<typeof openTools>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-weights-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 1, codeVersion: "1.0.0" });
});
afterEach(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
});

type Change = (row: TrainingRow, at: number) => Readonly<Record<string, unknown>>;
/** A quarter was likely. */
const drawn: Change = (_, at) => ({ propensity: at % 4 === 0 ? 0.75 : 0.25 });

async function publish(of: CompiledBlueprint, change: Change, count = COUNT): Promise<readonly TrainingRow[]> {
  const { version } = of.blueprint;
  const all = rows(0, count, 1).map(
    (row, at) => ({ ...row, blueprintVersion: version, ...change(row, at) }) as TrainingRow,
  );
  await tools.publisher.publish(
    all.map((value) => ({
      ...{ topic: rowsTopic(of), key: value["decisionId"] as string, value },
      time: value["rowTime"] as number,
    })),
  );
  return all;
}

const train = (some: Partial<TrainRequest> = {}): Promise<TrainResult> =>
  trainModel(tools, { useCase: "parcels", until: UNTIL, ...some });
const known = async () => validBlueprints(await readTable(backbone, tools.serdes, blueprintTable));

describe("a model of weighted rows", () => {
  const text = weighing("1 / max(propensity, 0.01)");
  const of = compileBlueprint(text);

  test("is judged by the weights, as are the constant and the later rows, and made again bit for bit", async () => {
    await publishBlueprint(tools, text);
    const all = await publish(of, drawn);
    const result = (await train()) as TrainResult & { kind: "trained" };
    expect(result).toMatchObject({ kind: "trained", treated: [], promoted: true });
    const [model] = await readModels(tools);
    const { provenance, metrics, states } = model!;
    expect([provenance.rows, provenance.holdout]).toEqual([320, 80]);
    const held = all.slice(320);
    const start = held[0]!["decisionTime"] as number;
    const judged = await fitRows(fitModel, { compiled: of, split: splitRows(of, all, 0.2), until: UNTIL });
    const score = await scoreRows(tools, of, await known(), judged.onnx, start, UNTIL);
    expect(score).toEqual({ rows: 80, withoutWeight: 0, metrics });

    const weights = Float32Array.from(all, (row) => 1 / (row["propensity"] as number));
    const labels = Float32Array.from(all, (row) => row["label"] as number);
    const sum = (values: Float32Array): number => values.reduce((a, b) => a + b, 0);
    const mean = sum(labels.slice(0, 320).map((label, at) => label * weights[at]!)) / sum(weights.slice(0, 320));
    const constant = evaluate(new Float32Array(80).fill(mean), labels.slice(320), "binary", weights.slice(320));
    expect(states.at(-1)!.reason).toBe(
      `better than a constant: logLoss ${metrics["logLoss"]!.toFixed(5)}, a constant ${constant["logLoss"]!.toFixed(5)}, on the newest 80 rows by their weights`,
    );
    const heaviest = Math.max(...weights) / sum(weights);
    expect(result.weights!.largestShare).toBeCloseTo(heaviest, 12);
    expect(result.weights!.effectiveRows).toBeCloseTo(sum(weights) ** 2 / sum(weights.map((weight) => weight ** 2)), 6);
    expect(trainedText(trainedJson(result, { ...score, withoutWeight: 2 }))).toMatch(
      /^model \w+, 400 rows \(by their weights they say as much as 357 equal ones, the heaviest is 0\.30 % of all\), .+\non 80 later rows \(2 others have no weight\): logLoss /,
    );

    expect(await rebuildModel(tools, model!)).toMatchObject({ equal: true, header: "equal", problem: null });
    expect(await train()).toMatchObject({
      kind: "trained",
      model: { modelId: model!.modelId },
      weights: result.weights,
    });
  });

  test("is compared with the model in production by the same weights", async () => {
    await publishBlueprint(tools, text);
    await publish(of, drawn);
    const first = (await train()) as TrainResult & { kind: "trained" };
    const later = (at: number): number => START + (COUNT + at) * 60_000;
    await publish(of, (row, at) => ({ ...drawn(row, at), decisionId: `later${at}`, decisionTime: later(at) }));
    const result = (await train({ until: UNTIL + 1 })) as TrainResult & { kind: "trained" };
    expect(result.model.provenance).toMatchObject({ rows: 640, holdout: 160 });
    const rival = await scoreRows(tools, of, await known(), first.onnx, later(COUNT - 160), UNTIL);
    expect(result.model.states.at(-1)!.reason).toContain(
      `${first.model.modelId} ${rival.metrics["logLoss"]!.toFixed(5)}, on the newest 160 rows by their weights`,
    );
  });

  test("may be of rows of a version without weights", async () => {
    await publishBlueprint(tools, TEXT);
    await publish(PLAIN, drawn);
    await publishBlueprint(tools, text);
    const result = await train();
    expect(result).toMatchObject({ kind: "trained", leftOut: [], treated: [] });
    expect((result as TrainResult & { kind: "trained" }).weights!.largestShare).toBeCloseTo(
      4 / (100 / 0.75 + 1_200),
      9,
    );
  });

  test("has served as its weighted decisions came true", async () => {
    await publishBlueprint(tools, text);
    const served: Change = (row, at) => ({
      ...{ modelId: "m", prediction_late: ((row["weight"] as number) + 1) / 32 },
      propensity: at % 10 === 0 ? null : at % 4 === 0 ? 0.75 : 0.25,
    });
    const all = (await publish(of, served)).filter((row) => row["propensity"] !== null);
    const column = (name: string): Float32Array => Float32Array.from(all, (row) => row[name] as number);
    const weights = column("propensity").map((propensity) => 1 / propensity);
    const metrics = evaluate(column("prediction_late"), column("label"), "binary", weights);
    expect(await servedModels(tools, of, await known())).toMatchObject([{ modelId: "m", rows: 360, metrics }]);
  });
});

describe("a row without a weight", () => {
  test("is left out, trained on or held out, and the model's record counts it with the reason", async () => {
    const text = weighing('if(carrier == "air", weight - 2, 1 / propensity)');
    await publishBlueprint(tools, text);
    const changes: Readonly<Record<number, Readonly<Record<string, unknown>>>> = {
      20: { propensity: null },
      21: { carrier: null },
      22: { carrier: "air", weight: 1 },
      23: { carrier: "air", weight: 1.5 },
      24: { propensity: 0 },
      25: { carrier: "air", weight: 2 },
      26: { carrier: "air", weight: 1e20 },
      399: { propensity: null },
    };
    const given = { carrier: "sea", propensity: 0.5 };
    await publish(compileBlueprint(text), (_, at) => ({ ...given, ...changes[at] }));
    const result = (await train()) as TrainResult & { kind: "trained" };
    const treated = [
      ["training.weight: propensity is missing", 2, ["d000020", "d000399"]],
      ["training.weight: carrier is missing", 1, ["d000021"]],
      ["training.weight: it is negative", 2, ["d000022", "d000023"]],
      ["training.weight: 1 / propensity: division by zero", 1, ["d000024"]],
      ["training.weight: it is beyond 1000000000000000", 1, ["d000026"]],
    ].map(([name, rows, decisions]) => ({ name, treatment: "leftOut", rows, decisions }));
    expect(result.treated).toEqual(treated);
    const [model] = await readModels(tools);
    expect(model!.provenance).toMatchObject({ treated, rows: 314, holdout: 79 });
    expect(await rebuildModel(tools, model!)).toMatchObject({ equal: true, header: "equal" });
    expect(result.treated.map(treatedText)[0]).toBe(
      "left out 2 rows without a weight (propensity is missing): decisions d000020, d000399",
    );
  });

  test("is told as the reason where too few others are left", async () => {
    const text = weighing("1 / propensity");
    await publishBlueprint(tools, text);
    await publish(compileBlueprint(text), () => ({ propensity: null }));
    expect(await train()).toMatchObject({
      ...{ kind: "tooFewRows", rows: 0, needed: 200 },
      treated: [{ name: "training.weight: propensity is missing", rows: COUNT }],
    });
  });

  test("is not there yet where the weight waits for a label", async () => {
    const text = weighing(
      "1 + paid",
      TEXT.replace(
        /label: .*/,
        "labels:\n  late: { value: minutes > 10, wait: 1h }\n  paid: { value: minutes > 90, wait: 2h, default: 0 }",
      ),
    );
    const of = compileBlueprint(text);
    await publishBlueprint(tools, text);
    await publish(of, ({ label }, at) => ({
      ...{ label_late: label, label_paid: at < 350 ? at % 2 : null, maturity: at < 350 ? "mature" : "partial" },
      ...{ maturity_late: "mature", maturity_paid: at < 350 ? "mature" : "waiting" },
      ...{ labelTime_late: null, labelTime_paid: null, prediction_paid: null },
    }));
    const result = (await train()) as TrainResult & { kind: "trained" };
    expect(result).toMatchObject({ kind: "trained", treated: [] });
    expect(result.model.provenance).toMatchObject({ rows: 280, holdout: 70, trainedRows: [280, 280] });
    expect(await rebuildModel(tools, result.model)).toMatchObject({ equal: true });
  });
});

describe("a weight of 0", () => {
  test("of every row fails the training, with the key to change", async () => {
    const text = weighing("if(weight < 0, 1, 0)");
    await publishBlueprint(tools, text);
    await publish(compileBlueprint(text), () => ({}));
    await expect(train()).rejects.toMatchObject({
      code: "TRAINING_FAILED",
      message: expect.stringContaining(
        "all weights of the 320 rows are 0, so nothing can be learnt of them: let training.weight be above 0 for some",
      ) as string,
    });
  });

  test("of every held-out row judges nothing, and the model does not serve", async () => {
    const text = weighing("coalesce(propensity, 0)");
    await publishBlueprint(tools, text);
    await publish(compileBlueprint(text), (_, at) => ({ propensity: at < 320 ? 0.5 : null }));
    const result = (await train()) as TrainResult & { kind: "trained" };
    expect(result).toMatchObject({ promoted: false, model: { metrics: {} } });
    expect(result.model.states.at(-1)!.reason).toBe(
      "on 400 rows, judged before it learnt from the newest 80; refused: all 80 held-out rows have weight 0, which judge nothing",
    );
  });
});

describe("a row of weight n is learnt as n rows", () => {
  /** Few different values, so that none falls between two steps of the learner. */
  const values = rows(0, 600, 1).map((row, at): TrainingRow => ({
    ...row,
    weight: Math.floor(row["weight"] as number),
    label: at % 7 === 0 ? 1 - (row["label"] as number) : row["label"]!,
  }));
  const split = (of: CompiledBlueprint, some: readonly TrainingRow[]) => {
    const { labels } = splitRows(of, some, 0);
    return { train: some, labels: [{ ...labels[0]!, holdout: values }] };
  };
  const fitted = async (text: string, some: readonly TrainingRow[]) => {
    const of = compileBlueprint(text);
    return (await fitRows(fitModel, { compiled: of, split: split(of, some), until: UNTIL })).labels[0]!.predictions;
  };
  const largest = (a: Float32Array, b: Float32Array): number =>
    a.reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);
  const text = TEXT.replace("depth: 3", "depth: 3, minChildWeight: 4");
  const objectives = [
    ["binary", text],
    ["regression", text.replace("minutes > 10", "minutes").replace("{ rounds", "{ objective: regression, rounds")],
  ] as const;

  test.each(objectives)("%s", async (_, text) => {
    const counts = values.map((row) => ((row["weight"] as number) > 20 ? 0 : (row["weight"] as number) > 8 ? 3 : 1));
    const repeated = values.flatMap((row, at) => Array.from({ length: counts[at]! }, () => row));
    const weighed = await fitted(weighing("if(weight > 20, 0, if(weight > 8, 3, 1))", text), values);
    const difference = largest(weighed, await fitted(text, repeated));
    expect(difference).toBeLessThan(1e-5);
    expect(largest(weighed, await fitted(text, values))).toBeGreaterThan(0.01);
  });

  test("and where all weigh the same, as without weights", async () => {
    const same = await fitted(weighing("if(weight < 0, 2, 1)"), values);
    expect([...same]).toEqual([...(await fitted(TEXT, values))]);
  });
});
