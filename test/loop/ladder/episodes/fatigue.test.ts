import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { canarySalt, compileBlueprint, unitPlace } from "../../../../blueprints/index.ts";
import { LadderWatch, listLadder, openTools, publishBlueprint } from "../../../../loop/index.ts";
import { publishTrained } from "../../../../catalogue/index.ts";
import { rowsTopic } from "../../../../rows/index.ts";
import { blueprints, models, type ModelRecorded, type TrainingRow } from "../../../../schemas/index.ts";
import { loadScorer, writeArtifact } from "../../../../serving/index.ts";
import { createEmbeddedBackbone, readTable } from "../../../../streams/index.ts";
import { fitModel, trainModel, type TrainingTools } from "../../../../trainer/index.ts";
import { inProduction } from "../../../operators/parcels.ts";
import { learnt } from "../../../trainer/episodes/learnt.ts";
import { REMINDERS, START } from "../../../episodes/fatigue-log.ts";
import { fatigueRows } from "../../../episodes/fatigue-rows.ts";
import {
  greedy,
  grid,
  GRID_ROWS,
  mixture,
  policyFrom,
  simulate,
  valueOf,
  type Policy,
} from "../../../fixtures/worlds/fatigue.ts";

const TEXT = `${REMINDERS.replace("minRows: 1000", "minRows: 1000, tolerance: 15%")}ladder: { shadow: 10000, canary: [50%], decisions: 5000, giveUpAfter: 90d }\n`;
const compiled = compileBlueprint(TEXT);
const DAY = 24 * 3_600_000;

/** What a model's file makes of the world's states by the rule `best`. */
async function policyOf(onnx: Uint8Array): Promise<Policy> {
  const scorer = await loadScorer(onnx);
  const outputs = await scorer.score(grid, GRID_ROWS);
  const of = (name: string): Float32Array => outputs[scorer.outputs.indexOf(name)]!;
  const [best, clone] = [greedy(of("value_hold"), of("value_send")), Float64Array.from(of("logged_send"))];
  await scorer.release();
  return mixture(0.2, best, clone);
}

const boundsIn = (reason: string): readonly [number, number] => {
  const found = /between (-?[\d.]+) and (-?[\d.]+)/.exec(reason)!;
  return [Number(found[1]), Number(found[2])];
};

test("in a world whose values are known, a model that was trained and gated climbs, and all bounds hold the truth", async () => {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-fatigue-ladder-"));
  const backbone = await createEmbeddedBackbone({ dir });
  const tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "1.0.0" });
  try {
    await publishBlueprint(tools, TEXT, 0);
    const publish = (rows: readonly TrainingRow[]): Promise<unknown> =>
      tools.publisher.publish(
        rows.map((value) => ({
          ...{ topic: rowsTopic(compiled), key: value["decisionId"] as string },
          ...{ value, time: value["rowTime"] as number },
        })),
      );
    const tables = async () => ({
      blueprints: await readTable(backbone, tools.serdes, blueprints),
      models: await readTable(backbone, tools.serdes, models),
    });
    const trainer: TrainingTools = { ...tools, fit: fitModel, tables };
    const train = async (until: number): Promise<{ readonly model: ModelRecorded; readonly onnx: Uint8Array }> => {
      const result = await trainModel(trainer, { useCase: "fatigue", until });
      if (result.kind !== "trained") throw new Error(`too few rows: ${result.rows}`);
      return result;
    };
    const watch = new LadderWatch({ ...tools, tables });
    const look = async (now: number): Promise<readonly string[]> =>
      (await watch.look(now)).map(({ to, reason }) => `${JSON.stringify(to)}: ${reason}`);

    // By the rule `best` it decides as the world's log does: a little more often what is likely.
    const softer = policyFrom((fatigue) => (fatigue <= 4 ? 0.8125 : 0.1875));
    const { onnx } = await learnt("cloning", simulate(100, 2_000, softer));
    const { value } = inProduction("clone", START);
    const artifact = await writeArtifact(backbone, tools.publisher, onnx, START, {});
    const made = { ...value, useCase: "fatigue", blueprintVersion: compiled.blueprint.version, artifact };
    const judge = () => ({ promote: true, reason: "the first one" });
    await publishTrained(tools, made, { judge, ladder: compiled.blueprint.ladder, time: START });
    const production = await policyOf(onnx);
    const ofProduction = (seed: number, episodes: number, from: number, name: string): readonly TrainingRow[] =>
      fatigueRows(compiled, simulate(seed, episodes, production), { from, modelId: "clone", name });

    await publish(ofProduction(101, 2_600, START + DAY, "v"));
    const { model, onnx: learntOnnx } = await train(START + 21 * DAY);
    expect(model.states.map(({ state }) => state)).toEqual(["trained", "shadow"]);
    const candidate = await policyOf(learntOnnx);
    const truth = valueOf(candidate) - valueOf(production);

    await publish(ofProduction(102, 400, START + 22 * DAY, "w"));
    expect(await look(START + 31 * DAY)).toEqual([]);
    const [waits] = await listLadder({ ...tools, tables }, "fatigue", START + 31 * DAY);
    expect(waits!.reason).toMatch(
      /^no estimate by the episodes of clone since its training: 400 episodes of the log say as much as \d\d\.\d of the target, 100 are needed$/,
    );
    await publish(ofProduction(103, 2_600, START + 32 * DAY, "x"));
    const [estimated] = await look(START + 53 * DAY);
    expect(estimated).toMatch(
      /^\{"canary":0\.5\}: no worse than clone by 0\.(39|40)\d+: an episode is worth 0\.\d+ more/,
    );

    const { modelId } = model;
    const isCanarys = (unit: string): boolean => unitPlace(canarySalt(modelId), unit) < 0.5;
    const arm = (policy: Policy, by: string, isTaken: (unit: string) => boolean): Promise<unknown> => {
      const made = { from: START + 54 * DAY, modelId: by, name: "y", isTaken };
      return publish(fatigueRows(compiled, simulate(104, 3_000, policy), made));
    };
    await arm(candidate, modelId, isCanarys);
    await arm(production, "clone", (unit) => !isCanarys(unit));
    // A third of it is not known yet. What began in the last thirty hours is too new, whether it is over or not.
    const [, early] = /beside them are (\d+) not over or too new/.exec(
      (await listLadder({ ...tools, tables }, "fatigue", START + 68 * DAY))[0]!.reason,
    )!;
    expect(Number(early)).toBeGreaterThan(150);
    const [returned] = await look(START + 80 * DAY);
    expect(returned).toMatch(
      /^"production": no worse than clone by 0\.(39|40)\d+: an episode returns 2\.\d+ in 1\d\d\d episodes of 1\d\d\d units of the canary and 2\.\d+ in 1\d\d\d of 1\d\d\d others; /,
    );
    for (const reason of [estimated!, returned!]) {
      const [low, high] = boundsIn(reason);
      expect([low < truth, truth < high]).toEqual([true, true]);
    }
  } finally {
    await tools.close();
    await backbone.close();
    await rm(dir, { recursive: true, force: true });
  }
}, 240_000);
