import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileBlueprint, evaluationSalt, unitPlace } from "../../blueprints/index.ts";
import { moveModel } from "../../catalogue/index.ts";
import { storyOf } from "../../cli/model-report/story.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { blueprints, models, type TrainingRow } from "../../schemas/index.ts";
import { sha256 } from "../../serving/index.ts";
import { createEmbeddedBackbone, readTable, type EmbeddedBackbone } from "../../streams/index.ts";
import {
  fitModel,
  importModel,
  rebuildModel,
  trainModel,
  type Fit,
  type TrainingTools,
  type TrainRequest,
  type TrainResult,
} from "../../trainer/index.ts";
import { divideUnits } from "../../trainer/kept-units.ts";
import { januaryFlights } from "../fixtures/flights/read-flights.ts";

const DAY = 86_400_000;
const NUMBERS = ["distance", "dep_minute_of_day", "visib", "m_origin_dep_3h", "m_dest_arr_6h", "tail_last_arr_delay"];
const textOf = (more: string): string => `
useCase: flights
decisionSpace: boolean
context: { ${NUMBERS.map((name) => `${name}: number`).join(", ")}, carrier: category }
features: [${NUMBERS.join(", ")}, carrier]
label: { name: late, value: minutes >= 15, wait: 36h }
observations: { minutes: number }
model: { rounds: 60, depth: 4, learningRate: 0.15, minChildWeight: 10 }
policy: { decide: late > 0.5 }
training: { schedule: none, freshRows: none, minRows: 500${more} }
`;
const TEXT = textOf(", evaluation: 0.1");
const compiled = compileBlueprint(TEXT);
const flights = januaryFlights();

/** Rows of the flights as they were, a unit for each plane. */
const all: readonly TrainingRow[] = flights.map(({ line, delay }) => {
  const decisionTime = Date.parse(line["decision_ts"]!);
  const numbers = NUMBERS.map((name) => [name, line[name] === "" ? null : Number(line[name])]);
  return {
    ...{ decisionId: line["decision_id"]!, unit: line["tailnum"]!, blueprintVersion: compiled.blueprint.version },
    ...{ modelId: null, mode: "loggingOnly", reason: "noModel", decisionTime, rowTime: decisionTime + 1.5 * DAY },
    ...{ maturity: "mature", value: null, propensity: null, ...Object.fromEntries(numbers), carrier: line["carrier"]! },
    ...{ label: delay >= 15 ? 1 : 0, prediction_late: null, labelTime: null },
  };
});
const isKept = (row: TrainingRow, share = 0.1): boolean =>
  unitPlace(evaluationSalt("flights"), row["unit"] as string) < share;

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Awaited<ReturnType<typeof openTools>>;
/** Rows that each fit learnt from, by fit. */
const fits: number[] = [];
const fit: Fit = (request, onProgress) => {
  fits.push(request.train.rows);
  return fitModel(request, onProgress);
};
const trainer = (): TrainingTools => ({
  ...tools,
  fit,
  tables: async () => ({
    blueprints: await readTable(backbone, tools.serdes, blueprints),
    models: await readTable(backbone, tools.serdes, models),
  }),
});
type Trained = Extract<TrainResult, { readonly kind: "trained" }>;
async function train(day: number, request: Partial<TrainRequest> = {}): Promise<Trained> {
  fits.length = 0;
  const until = Date.UTC(2013, 0, day);
  const result = await trainModel(trainer(), { useCase: "flights", until, ...request });
  if (result.kind !== "trained") throw new Error(`not trained: ${result.rows} rows`);
  return result;
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-kept-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "test" });
  await publishBlueprint(tools, TEXT);
  await tools.publisher.publish(
    all.map((value) => ({
      ...{ topic: rowsTopic(compiled), key: value["decisionId"] as string },
      ...{ value, time: value["rowTime"] as number },
    })),
  );
});
afterAll(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
});

const timeOf = (row: TrainingRow): number => row["decisionTime"] as number;
const completeBy = (day: number): readonly TrainingRow[] =>
  all.filter((row) => (row["rowTime"] as number) <= Date.UTC(2013, 0, day));

describe("models of flights, by a tenth of the planes that no model learns from", () => {
  let first: Trained;
  let second: Trained;
  beforeAll(async () => {
    first = await train(16);
    second = await train(24);
  });

  test("the first one learns from no flight of these planes, and they judge it beside a constant", () => {
    const { provenance, report, states } = first.model;
    const some = completeBy(16);
    const kept = some.filter((row) => isKept(row));
    expect(kept.length).toBeGreaterThan(500);
    expect(provenance).toMatchObject({ evaluation: 0.1, kept: kept.length });
    expect(provenance.rows + provenance.holdout).toBe(some.length - kept.length);
    const planes = new Set(kept.map(({ unit }) => unit));
    expect(report!.kept).toMatchObject({ rows: kept.length, units: planes.size, rival: null });
    expect(report!.kept!.metrics["logLoss"]).toBeLessThan(report!.kept!.rivalMetrics["logLoss"]!);
    expect(states.at(-1)!.reason).toContain(`on ${kept.length} rows of ${planes.size} kept units`);
    expect(first.promoted).toBe(true);
    const chapter = storyOf(first.model).chapters.find(({ title }) => title.includes("units that no model"))!;
    expect(chapter.sentences[0]).toContain(`on ${kept.length} decisions of ${planes.size} units`);
    expect(chapter.table!.rows.map(([metric]) => metric)).toContain("logLoss");
  });

  test("the next one is judged on the same planes, by flights of times that both models know from others or neither does", () => {
    const { report, provenance, states } = second.model;
    const kept = completeBy(24).filter((row) => isKept(row));
    const { trainedUntil } = first.model.provenance;
    const judging = kept.filter((row) => timeOf(row) <= trainedUntil || timeOf(row) > provenance.trainedUntil);
    expect(judging.length).toBeLessThan(kept.length);
    expect(report!.kept).toMatchObject({
      rows: judging.length,
      units: new Set(judging.map(({ unit }) => unit)).size,
      from: timeOf(judging[0]!),
      until: timeOf(judging.at(-1)!),
      rival: first.model.modelId,
    });
    expect(states.at(-1)!.reason).toContain("for units that it has not learnt from: logLoss");
  });

  test("all fits of a training have the rows of all other planes", () => {
    const { rows, holdout } = second.model.provenance;
    expect(fits).toEqual([rows, rows + holdout]);
  });

  test("both are made again to the same bytes, and their headers say what their records say", async () => {
    for (const { model } of [first, second]) {
      const rebuilt = await rebuildModel(trainer(), model);
      expect(rebuilt).toMatchObject({ equal: true, header: "equal", problem: null });
    }
  });

  test("a record that counts other rows of kept units is of another topic", async () => {
    const { model } = first;
    const other = { ...model, provenance: { ...model.provenance, kept: model.provenance.kept + 1 } };
    const rebuilt = await rebuildModel(trainer(), other);
    expect(rebuilt.problem).toContain(`${model.provenance.kept + 1} of kept units: it is not the topic as it was then`);
  });

  test("without rows held out they are told, and refuse nothing", async () => {
    const { model } = await train(20, { holdout: 0 });
    expect(model.report!.kept!.rows).toBeGreaterThan(500);
    expect(model.states.at(-1)!.reason).toContain("nothing was held out to judge it by");
  });

  test("a model from elsewhere may have learnt from any plane: none of them judges beside it", async () => {
    const imported = await importModel(trainer(), {
      ...{ useCase: "flights", until: Date.UTC(2013, 0, 25), onnx: first.onnx, trainedUntil: Date.UTC(2013, 0, 14) },
    });
    expect(imported.model.provenance).toMatchObject({ evaluation: 0, kept: 0 });
    expect(imported.model.report!.kept).toBeNull();
    await moveModel(tools, imported.model.modelId, "production", Date.UTC(2013, 0, 26), "by hand");
    const { model } = await train(28);
    expect(model.report!.kept).toBeNull();
    expect(model.provenance.evaluation).toBe(0.1);
    expect(model.states.at(-1)!.reason).not.toContain("units");
  });
});

test("another share is another version: no model of the former one judges, and its planes are among the same", async () => {
  const text = textOf(", evaluation: 0.2");
  await publishBlueprint(tools, text);
  const { version } = compileBlueprint(text).blueprint;
  const { model } = await train(24, { blueprintVersion: version });
  const kept = completeBy(24).filter((row) => isKept(row, 0.2));
  expect(model.provenance).toMatchObject({ evaluation: 0.2, kept: kept.length });
  expect(model.report!.kept).toMatchObject({ rival: null, rows: kept.length });
  expect(completeBy(24).filter((row) => isKept(row) && !isKept(row, 0.2))).toEqual([]);
});

test("a share of 0 is the version without the key, and its model has the same bytes as one of a release without it", async () => {
  const without = textOf("");
  const { version } = compileBlueprint(without).blueprint;
  expect(compileBlueprint(textOf(", evaluation: 0")).blueprint.version).toBe(version);
  expect(version).toBe("8e1fce2fd241");
  await publishBlueprint(tools, without);
  const { model } = await train(16, { blueprintVersion: version });
  expect(model.provenance).toMatchObject({ evaluation: 0, kept: 0 });
  expect(model.report!.kept).toBeNull();
  // Releases without it had the blueprint's own seed.
  const before = { ...model, provenance: { ...model.provenance, seed: 0 } };
  const { onnx } = await rebuildModel(trainer(), before);
  expect(sha256(onnx!)).toBe("2f78530a31b70b6b36066f5d8d5275723bad41e99d1f24d0127ee317bc356dff");
});

describe("divided rows", () => {
  test.each([0.05, 0.1, 0.5])("a share of %d keeps so many of the planes, and their flights alone", (share) => {
    const { learnt, kept } = divideUnits(all, "flights", share);
    expect(learnt.length + kept.length).toBe(all.length);
    const planes = (some: readonly TrainingRow[]): Set<unknown> => new Set(some.map(({ unit }) => unit));
    const [others, own] = [planes(learnt), planes(kept)];
    expect([...own].filter((plane) => others.has(plane))).toEqual([]);
    expect(own.size / (own.size + others.size)).toBeGreaterThan(share - 0.03);
    expect(own.size / (own.size + others.size)).toBeLessThan(share + 0.03);
  });

  test("without a share the rows are as they were", () => {
    expect(divideUnits(all, "flights", 0)).toEqual({ learnt: all, kept: [] });
    expect(divideUnits(all, "flights", 0).learnt).toBe(all);
  });
});
