import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { readModels } from "../../../catalogue/index.ts";
import { openTools, publishBlueprint } from "../../../loop/index.ts";
import { rowsTopic } from "../../../rows/index.ts";
import type { ModelRecorded, TrainingRow } from "../../../schemas/index.ts";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../../streams/index.ts";
import { rebuildModel, trainModel } from "../../../trainer/index.ts";
import { storyOf } from "../../../cli/model-report/story.ts";
import { loopstream } from "../../e2e/command.ts";
import { HOUR, rows, START, TEXT } from "../parcel-rows.ts";

/** Found by a search that its processor time ends; heavy parcels are late, most of all by air. */
const SEARCHED = TEXT.replace("{ rounds: 12, depth: 3 }", "{ learner: auto, trials: 40, cpuSeconds: 0.3 }");
const compiled = compileBlueprint(SEARCHED);

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Awaited<ReturnType<typeof openTools>>;
let model: ModelRecorded;
const open = async (): Promise<void> => {
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "1.0.0" });
};
const close = async (): Promise<void> => {
  await tools.close();
  await backbone.close();
};
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-report-"));
  await open();
  await publishBlueprint(tools, SEARCHED);
  const some: readonly TrainingRow[] = rows(0, 2_000, 1).map((row) => ({
    ...row,
    blueprintVersion: compiled.blueprint.version,
  }));
  await tools.publisher.publish(
    some.map((value) => ({
      topic: rowsTopic(compiled),
      key: value["decisionId"] as string,
      value,
      time: value["rowTime"] as number,
    })),
  );
  const trained = await trainModel(tools, { useCase: "parcels", until: START + 3_000 * 60_000 + HOUR });
  expect(trained).toMatchObject({ kind: "trained", promoted: true });
  [model] = (await readModels(tools)) as [ModelRecorded];
}, 120_000);
afterAll(async () => {
  await close();
  await rm(dir, { recursive: true, force: true });
});

describe("the record of a model says", () => {
  test("what it looks at, and by how much", () => {
    const { importance, constant } = model.report!;
    expect(importance[0]!.feature).toBe("weight");
    // Nearly all of what it gains over the constant is by the weight.
    const gained = constant["logLoss"]! - model.metrics["logLoss"]!;
    expect(importance[0]!.loss).toBeGreaterThan(0.8 * gained);
    expect(importance.find(({ feature }) => feature === "carrier")?.loss ?? 0).toBeLessThan(0.1 * gained);
  });

  test("whether its predictions come true, bin by bin", () => {
    const { calibration } = model.report!;
    expect(calibration).toHaveLength(10);
    expect(calibration.map(({ rows: count }) => count)).toEqual(new Array(10).fill(40));
    const predicted = calibration.map((bin) => bin.predicted);
    expect(predicted).toEqual(predicted.toSorted((a, b) => a - b));
    expect(calibration[0]!.observed).toBeLessThan(0.3);
    expect(calibration.at(-1)!.observed).toBeGreaterThan(0.7);
  });

  test("for which groups it is worst, beside their own means", () => {
    const { groups } = model.report!;
    expect(groups.length).toBeGreaterThan(3);
    const gaps = groups.map(({ loss, constant }) => loss - constant);
    expect(gaps).toEqual(gaps.toSorted((a, b) => b - a));
    const carriers = groups.filter(({ feature }) => feature === "carrier");
    expect(new Set(carriers.map(({ value }) => value))).toEqual(new Set(["air", "missing"]));
    expect(carriers.reduce((sum, group) => sum + group.rows, 0)).toBe(400);
  });

  test("what the search tried, and it is made again with as many trials as there was time for", async () => {
    const [search] = model.report!.searches;
    expect(search!.label).toBe("late");
    expect(search!.trials.length).toBeLessThan(40);
    expect(search!.trials.reduce((sum, { seconds }) => sum + seconds, 0)).toBeGreaterThan(0.2);
    expect(JSON.parse(search!.trials[0]!.parameters)).toMatchObject({ depth: 4, rounds: 200 });
    const rebuilt = await rebuildModel(tools, model);
    expect(rebuilt).toMatchObject({ equal: true, problem: null });
  });
});

describe("in words", () => {
  test("it is told by the command, and as a page that loads nothing", async () => {
    await close();
    const page = join(dir, "model.html");
    const { code, stdout } = await loopstream(["models", "show", model.modelId, "--html", page, "--dir", dir]);
    expect(code).toBe(0);
    const { importance, constant } = model.report!;
    const isMisled = importance[0]!.loss > constant["logLoss"]! - model.metrics["logLoss"]!;
    for (const part of [
      `Model ${model.modelId} of parcels ${model.blueprintVersion}: production`,
      "It learnt from 1600 decisions, and was judged by the 400 that followed, which it had not seen.",
      "Then it learnt from all 2000, until",
      /it gives the first the larger prediction [\d.]+ % of the time \(AUC 0\.\d{4}/,
      /Its log loss is 0\.\d{4}: [\d.]+ % less than without it/,
      isMisled
        ? /weight +█{30} +0\.\d+, so it is then worse than a prediction that is always the same/
        : /weight +█{30} +0\.\d+, [\d.]+ % of what the model gains/,
      /40 decisions +█+ +[\d.]+ % predicted, [\d.]+ % happened/,
      /carrier: (?:air|missing) +\d+ +0\.\d+/,
      /learners with their parameters were tried in [\d.]+ s of processor time, judged by/,
    ]) {
      expect(stdout).toMatch(part);
    }
    const html = await readFile(page, "utf8");
    expect(html).not.toMatch(/<script|https?:|src=/);
    expect(html).toContain("<h2>What it looks at</h2>");
    expect(html.match(/<rect/g)!.length).toBeGreaterThan(20);
    await open();
  }, 60_000);

  test("a feature is told as a share of what the model gains, and in other words where it is more than all of that", () => {
    const report = {
      ...model.report!,
      constant: { logLoss: 0.75 },
      importance: Object.entries({ double: 1, all: 0.5, half: 0.25, none: 0 }).map(([feature, loss]) => ({
        feature,
        loss,
      })),
    };
    const saidBy = (logLoss: number): readonly string[] => {
      const { chapters } = storyOf({ ...model, metrics: { logLoss }, report });
      return chapters.find(({ title }) => title === "What it looks at")!.bars!.rows.map(({ said }) => said);
    };
    expect(saidBy(0.25)).toEqual([
      "1, so it is then worse than a prediction that is always the same",
      "0.5, 100 % of what the model gains",
      "0.25, 50 % of what the model gains",
    ]);
    // A model that gains nothing has no shares.
    expect(saidBy(0.8)).toEqual(["1", "0.5", "0.25"]);
  });

  test("names of features and categories can't write the page", async () => {
    const { storyHtml } = await import("../../../cli/model-report/story-html.ts");
    const bad = '<img src=x onerror="alert(1)">';
    const report = {
      ...model.report!,
      importance: [{ feature: bad, loss: 1 }],
      groups: [{ ...model.report!.groups[0]!, value: bad }],
    };
    expect(storyHtml(storyOf({ ...model, useCase: bad, report }))).not.toContain("<img");
  });

  test("a record of an earlier version, and one of a model without held-out rows, are told with what they have", () => {
    const titles = (some: ModelRecorded): readonly string[] => storyOf(some).chapters.map(({ title }) => title);
    expect(titles({ ...model, report: null })).toEqual(["How it was made", "How good it is"]);
    const none = {
      constant: {},
      importance: [],
      contributions: [],
      drift: [],
      predictionDrift: null,
      calibration: [],
      groups: [],
      kept: null,
      searches: [],
    };
    expect(titles({ ...model, metrics: {}, report: none })).toEqual(["How it was made", "How good it is"]);
  });
});

test("of a model on the ladder the story tells what is seen of it", () => {
  const told = (next: string | null): readonly string[] =>
    storyOf(model, { next, reason: "200 episodes of old" }).chapters.find(({ title }) =>
      title.includes("on the ladder"),
    )!.sentences;
  expect(told(null)).toEqual(["It waits: 200 episodes of old."]);
  expect(told("canary 5%")).toEqual(["It is due for canary 5%: 200 episodes of old."]);
});

test("a model of trees alone tells how far each feature moves its predictions; it is made again to the same bytes", async () => {
  const text = TEXT.replace("useCase: parcels", "useCase: boxes");
  const boxes = compileBlueprint(text);
  await publishBlueprint(tools, text);
  await tools.publisher.publish(
    rows(0, 2_000, 1).map((row) => ({
      topic: rowsTopic(boxes),
      key: row["decisionId"] as string,
      value: { ...row, blueprintVersion: boxes.blueprint.version } as TrainingRow,
      time: row["rowTime"] as number,
    })),
  );
  const trained = await trainModel(tools, { useCase: "boxes", until: START + 3_000 * 60_000 + HOUR });
  expect(trained).toMatchObject({ kind: "trained" });
  const own = (await readModels(tools)).find(({ useCase }) => useCase === "boxes")!;
  const [first, ...others] = own.report!.contributions;
  expect(first!.feature).toBe("weight");
  // Heavy ones come late in 9 of 10 cases and light ones in 1: 0.4 to either side, of which twelve steps go 0.7.
  expect(first!.mean).toBeGreaterThan(0.25);
  expect(first!.mean).toBeLessThan(0.4);
  for (const { mean } of others) expect(mean).toBeLessThan(0.05);
  const chapter = storyOf(own).chapters.find(({ title }) => title === "How far each feature moves a prediction")!;
  expect(chapter.bars!.rows[0]!.said).toMatch(/^\d\d\.\d percentage points$/);
  expect(await rebuildModel(tools, own)).toMatchObject({ equal: true, problem: null });
}, 120_000);

test("a model of several labels tells it of each label, in its record, in words and as a page", async () => {
  const { storyHtml } = await import("../../../cli/model-report/story-html.ts");
  const { storyText } = await import("../../../cli/model-report/story-text.ts");
  const text = TEXT.replace("useCase: parcels", "useCase: several").replace(
    "label: { name: late, value: minutes > 10, wait: 1h }",
    `labels:
  late: { value: minutes > 10, wait: 1h }
  slow: { value: minutes, aggregate: sum, wait: 1h, objective: regression }`,
  );
  const version = compileBlueprint(text);
  await publishBlueprint(tools, text);
  await tools.publisher.publish(
    rows(0, 2_000, 1).map(({ label: late, ...row }) => ({
      topic: rowsTopic(version),
      key: row["decisionId"] as string,
      value: {
        ...{
          ...row,
          blueprintVersion: version.blueprint.version,
          label: late!,
          label_late: late!,
          labelTime_late: null,
        },
        ...{ label_slow: 2 * (row["weight"] as number), labelTime_slow: null, prediction_slow: null },
      } as TrainingRow,
      time: row["rowTime"] as number,
    })),
  );
  const trained = await trainModel(tools, { useCase: "several", until: START + 3_000 * 60_000 + HOUR });
  expect(trained).toMatchObject({ kind: "trained" });
  const several = (await readModels(tools)).find(({ useCase }) => useCase === "several")!;
  const all = several.report!.contributions;
  expect([...new Set(all.map(({ label }) => label))]).toEqual(["late", "slow"]);
  const [late, slow] = ["late", "slow"].map((name) => all.find(({ label }) => label === name)!);
  expect([late!.feature, slow!.feature]).toEqual(["weight", "weight"]);
  expect(late!.mean).toBeGreaterThan(0.25);
  expect(late!.mean).toBeLessThan(0.4);
  // Weights lie evenly from 0 to 30: on average 7.5 from their mean, and the label is twice the weight. Twelve steps go 0.7 of that.
  expect(slow!.mean).toBeGreaterThan(9.5);
  expect(slow!.mean).toBeLessThan(12.5);
  const chapters = storyOf(several).chapters.filter(({ title }) => title.startsWith("How far each feature moves"));
  expect(chapters.map(({ title }) => title)).toEqual([
    "How far each feature moves a prediction of late",
    "How far each feature moves a prediction of slow",
  ]);
  expect(chapters[0]!.bars!.rows[0]!.said).toMatch(/^\d\d\.\d percentage points$/);
  expect(chapters[1]!.bars!.rows[0]!.said).toMatch(/^1\d(?:\.\d)?$/);
  expect(storyText(storyOf(several))).toContain("HOW FAR EACH FEATURE MOVES A PREDICTION OF SLOW\n");
  expect(storyHtml(storyOf(several))).toContain("<h2>How far each feature moves a prediction of slow</h2>");
}, 120_000);

test("a model tells how far the newest rows lie from those before, by feature and by its predictions", async () => {
  const text = TEXT.replace("useCase: parcels", "useCase: crates");
  const crates = compileBlueprint(text);
  await publishBlueprint(tools, text);
  await tools.publisher.publish(
    rows(0, 2_000, 1).map((row, at) => ({
      topic: rowsTopic(crates),
      key: row["decisionId"] as string,
      // The newest fifth, which judges, is of heavy ones.
      value: {
        ...row,
        blueprintVersion: crates.blueprint.version,
        weight: at < 1_600 ? row["weight"] : 15 + (row["weight"] as number) / 2,
      } as TrainingRow,
      time: row["rowTime"] as number,
    })),
  );
  await trainModel(tools, { useCase: "crates", until: START + 3_000 * 60_000 + HOUR });
  const own = (await readModels(tools)).find(({ useCase }) => useCase === "crates")!;
  const { drift, predictionDrift } = own.report!;
  expect(drift[0]).toMatchObject({ feature: "weight" });
  expect(drift[0]!.index).toBeGreaterThan(1);
  expect(predictionDrift).toBeGreaterThan(0.25);
  expect(drift.find(({ feature }) => feature === "carrier")?.index ?? 0).toBeLessThan(0.1);
  const chapter = storyOf(own).chapters.find(({ title }) => title.startsWith("How far the newest decisions lie"))!;
  expect(chapter.sentences[0]).toMatch(/its predictions by \d\.\d+, and these features:$/);
  expect(chapter.bars!.rows[0]!.name).toBe("weight");
}, 120_000);
