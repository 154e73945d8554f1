import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { openTools, publishBlueprint } from "../../../loop/index.ts";
import { validBlueprints } from "../../../catalogue/index.ts";
import { readRows, rowsTopic } from "../../../rows/index.ts";
import { blueprints, models, type ModelRecorded } from "../../../schemas/index.ts";
import { loadScorer } from "../../../serving/index.ts";
import { createEmbeddedBackbone, readTable, type EmbeddedBackbone } from "../../../streams/index.ts";
import { fitModel, rebuildModel, trainModel, type TrainingTools } from "../../../trainer/index.ts";
import { REMINDERS, START } from "../../episodes/fatigue-log.ts";
import { fatigueRows } from "../../episodes/fatigue-rows.ts";
import { behaviour, greedy, grid, GRID_ROWS, mixture, simulate, valueOf } from "../../fixtures/worlds/fatigue.ts";

const compiled = compileBlueprint(REMINDERS);
const HOUR = 3_600_000;
const EPISODES = 2_600;
/** All is over. */
const UNTIL = START + 90 * 24 * HOUR;

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Awaited<ReturnType<typeof openTools>>;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-fatigue-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "1.0.0" });
  await publishBlueprint(tools, REMINDERS, 0);
  await tools.publisher.publish(
    fatigueRows(compiled, simulate(100, EPISODES, behaviour)).map((value) => ({
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

const trainer = (): TrainingTools => ({
  ...tools,
  fit: fitModel,
  tables: async () => ({
    blueprints: await readTable(backbone, tools.serdes, blueprints),
    models: await readTable(backbone, tools.serdes, models),
  }),
});
async function train(until: number): Promise<{ readonly model: ModelRecorded; readonly onnx: Uint8Array }> {
  const result = await trainModel(trainer(), { useCase: "fatigue", until });
  if (result.kind !== "trained") throw new Error(`too few rows: ${result.rows}`);
  return result;
}

test("of few episodes a policy is refused: the log says too little of it", async () => {
  const { model } = await train(START + 6 * 24 * HOUR);
  expect(model.states.map(({ state }) => state)).toEqual(["trained"]);
  expect(model.states[0]!.reason).toMatch(
    /refused: .* episodes of the log say as much as [\d.]+ of the target, 100 are needed/,
  );
  expect(model.metrics["effectiveEpisodes"]).toBeLessThan(100);
});

test("of many it learns what pays, is proved better than the log, and serves; it is made again to the same bytes", async () => {
  const { model, onnx } = await train(UNTIL);
  expect(model.states.map(({ state }) => state)).toEqual(["trained", "production"]);
  const { effectiveEpisodes, loggedValue, gain, gainLow, gainHigh } = model.metrics as Record<string, number>;
  expect(effectiveEpisodes).toBeGreaterThan(100);
  const scorer = await loadScorer(onnx);
  const outputs = await scorer.score(grid, GRID_ROWS);
  const of = (name: string): Float32Array => outputs[scorer.outputs.indexOf(name)]!;
  const best = greedy(of("value_hold"), of("value_send"));
  const clone = Float64Array.from(of("logged_send"));
  await scorer.release();
  expect(valueOf(best)).toBeGreaterThan(4);
  expect(Math.abs(valueOf(clone) / valueOf(behaviour) - 1)).toBeLessThan(0.01);
  const served = valueOf(mixture(0.2, best, clone));
  expect(served).toBeGreaterThan(valueOf(behaviour) + 0.15);
  expect([gainLow! > 0, gainHigh! > gain!]).toEqual([true, true]);
  expect(Math.abs(loggedValue! + gain! - served)).toBeLessThan(gainHigh! - gainLow!);
  const rebuilt = await rebuildModel(trainer(), model);
  expect(rebuilt).toMatchObject({ equal: true, header: "equal", problem: null });
});

test("with an end that is never true no episode can judge, and the refusal names the end", async () => {
  const endless = REMINDERS.replace("end: gone or t >= 29", "end: gone and not gone");
  expect(endless).not.toBe(REMINDERS);
  const { version } = compileBlueprint(endless).blueprint;
  await publishBlueprint(tools, endless, UNTIL + 1);
  const result = await trainModel(trainer(), { useCase: "fatigue", until: UNTIL + 2, blueprintVersion: version });
  if (result.kind !== "trained") throw new Error(`too few rows: ${result.rows}`);
  expect(result.model.states.at(-1)!.reason).toMatch(/refused: no held-out episode has an end \(episodes\.end/);
});

test("without enough steps nothing is trained", async () => {
  const result = await trainModel(trainer(), { useCase: "fatigue", until: START + 5 * HOUR });
  expect(result).toMatchObject({ kind: "tooFewRows", needed: 1_000 });
});

test("of the newest episodes it learns from those alone, and is made again to the same bytes", async () => {
  const windowed = REMINDERS.replace("learn: {", "learn: { newest: 3d,");
  expect(windowed).not.toBe(REMINDERS);
  const [version, until] = [compileBlueprint(windowed).blueprint.version, START + 18 * 24 * HOUR];
  await publishBlueprint(tools, windowed, until - 1);
  const { model } = await train(until);
  const began = new Map<string, number>();
  const rows = fatigueRows(compiled, simulate(100, EPISODES, behaviour)).filter(
    ({ rowTime }) => (rowTime as number) <= until,
  );
  for (const { unit, decisionTime } of rows) {
    if (!began.has(unit as string)) began.set(unit as string, decisionTime as number);
  }
  const inWindow = rows.filter(({ unit }) => began.get(unit as string)! > until - 3 * 24 * HOUR).length;
  expect(inWindow).toBeGreaterThan(1_000);
  expect(inWindow).toBeLessThan(rows.length / 4);
  expect(model.blueprintVersion).toBe(version);
  expect(model.provenance.rows + model.provenance.holdout).toBe(inWindow);
  const older = { name: "episodes.learn.newest", treatment: "older", rows: rows.length - inWindow, decisions: [] };
  expect(model.provenance.treated).toEqual([older]);
  expect(await rebuildModel(trainer(), model)).toMatchObject({ equal: true, header: "equal", problem: null });
});

test("a reading may leave out what was decided until a time, and finds the rest as a whole reading does", async () => {
  const known = validBlueprints(await readTable(backbone, tools.serdes, blueprints));
  const read = async (since?: number) =>
    (await readRows(backbone, tools.serdes, compiled, known, UNTIL, { since, packed: true })).rows.map(
      (row) => [row["decisionId"], row["decisionTime"] as number] as const,
    );
  const all = await read();
  const since = START + 9 * 24 * HOUR;
  const later = all.filter(([, time]) => time > since);
  expect([later.length > 10_000, all.length - later.length > 10_000]).toEqual([true, true]);
  expect(all.some(([, time]) => time === since)).toBe(true);
  expect(await read(since)).toEqual(later);
});
