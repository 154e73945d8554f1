import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileBlueprint, evaluationSalt, unitPlace } from "../../../blueprints/index.ts";
import { modelsAt, modelTable, moveModel, readModels } from "../../../catalogue/index.ts";
import { openTools, publishBlueprint } from "../../../loop/index.ts";
import type { Scorer } from "../../../serving/index.ts";
import { rowsTopic, type TrainingMatrix } from "../../../rows/index.ts";
import { blueprints, models, type ModelRecorded, type TrainingRow } from "../../../schemas/index.ts";
import { createEmbeddedBackbone, readTable } from "../../../streams/index.ts";
import { fitModel, trainModel, type Fit, type TrainingTools } from "../../../trainer/index.ts";
import { compiled, HOUR, rows, START, TEXT } from "../parcel-rows.ts";

const MINUTE = 60_000;
/** The weights are all different, so that they tell which rows a matrix has. */
const weightsOf = ({
  features,
  rows: count,
  columns,
}: Pick<TrainingMatrix, "features" | "rows" | "columns">): Set<number> =>
  new Set(Array.from({ length: count }, (_, row) => features[row * columns]!));

interface Learnt {
  readonly train: ReadonlySet<number>;
  readonly holdout: ReadonlySet<number>;
}

/** Of each share of kept units a version of its own, which learns from the rows of all. */
const SHARES = [0, 0.1, 0.3];
const textOf = (share: number): string =>
  share === 0 ? TEXT : TEXT.replace("minRows: 200", `evaluation: ${share}, minRows: 200`);
const versions = SHARES.map((share) => ({ share, version: compileBlueprint(textOf(share)).blueprint.version }));
const unitOf = (decisionId: unknown): string => `u${Number(String(decisionId).slice(1)) % 60}`;
const isKept = (unit: string, share: number): boolean => unitPlace(evaluationSalt("parcels"), unit) < share;

/** Rows that come late, corrections, hold-outs of any size, units that are kept, and models that are moved by hand. */
async function history(
  seed: number,
): Promise<{ readonly judged: number; readonly compared: number; readonly kept: number }> {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-judging-"));
  const backbone = await createEmbeddedBackbone({ dir });
  const tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "test" });
  const publish = (some: readonly TrainingRow[]): Promise<unknown> =>
    tools.publisher.publish(
      some.map((value) => ({
        ...{ topic: rowsTopic(compiled), key: value["decisionId"] as string },
        ...{ value, time: value["rowTime"] as number },
      })),
    );
  let state = seed + 1;
  const random = (): number => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const fits: Learnt[] = [];
  const fit: Fit = (request, onProgress) => {
    fits.push({ train: weightsOf(request.train), holdout: weightsOf(request.holdout) });
    return fitModel(request, onProgress);
  };
  /** Weights of the rows that the rival was asked. */
  let asked = new Set<number>();
  const watched = (scorer: Scorer): Scorer => ({
    ...scorer,
    score(features, count) {
      for (const weight of weightsOf({ features, rows: count, columns: scorer.columns })) asked.add(weight);
      return scorer.score(features, count);
    },
  });
  const at = {
    ...tools,
    fit,
    scorers: { get: async (model: ModelRecorded) => watched(await tools.scorers.get(model)) },
    tables: async () => ({
      blueprints: await readTable(backbone, tools.serdes, blueprints),
      models: await readTable(backbone, tools.serdes, models),
    }),
  } as unknown as TrainingTools;
  for (const share of SHARES) await publishBlueprint(tools, textOf(share));
  const units = new Map<number, string>();
  const files = new Map<string, ReadonlySet<number>>();
  let [next, judged, compared, kept] = [0, 0, 0, 0];
  let back: TrainingRow[] = [];
  for (let step = 0; step < 20; step++) {
    const count = 150 + Math.floor(random() * 150);
    const fresh: TrainingRow[] = rows(next, count, random() < 0.7 ? 1 : -1).map((row) => {
      let weight = Number(row["weight"]);
      while (units.has(Math.fround(weight))) weight += 1e-5;
      const unit = unitOf(row["decisionId"]);
      units.set(Math.fround(weight), unit);
      return { ...row, weight, unit };
    });
    next += count;
    const now = START + next * MINUTE + HOUR;
    const isLate = fresh.map(() => random() < 0.1);
    await publish(fresh.filter((_, index) => !isLate[index]));
    back.push(...fresh.filter((_, index) => isLate[index]));
    if (random() < 0.5) {
      await publish(back.map((row) => ({ ...row, rowTime: now })));
      back = [];
    }
    const changed = fresh.filter((_, index) => !isLate[index] && random() < 0.05);
    await publish(
      changed.map((row) => ({ ...row, label: 1 - Number(row["label"]), rowTime: now, maturity: "corrected" })),
    );
    const known = await readModels(tools);
    if (known.length > 1 && random() < 0.2) {
      await moveModel(
        tools,
        known[Math.floor(random() * known.length)]!.modelId,
        "production",
        now - MINUTE,
        "by hand",
      );
    }
    const { share, version } = versions[Math.floor(random() * versions.length)]!;
    const { production } = modelsAt(await readTable(backbone, tools.serdes, modelTable.topic), "parcels", version, now);
    fits.length = 0;
    asked = new Set();
    const holdout = [0, 0.02, 0.2, 0.6, 0.9][Math.floor(random() * 5)]!;
    const result = await trainModel(at, { useCase: "parcels", until: now, holdout, blueprintVersion: version });
    if (result.kind !== "trained") continue;
    const [first] = fits as [Learnt];
    const { modelId, provenance } = result.model;
    if (!files.has(modelId)) files.set(modelId, fits.at(-1)!.train);
    expect([...first.holdout].filter((row) => first.train.has(row))).toEqual([]);
    if (provenance.refitted) expect(fits.at(-1)!.train.size).toBe(first.train.size + first.holdout.size);
    const unitsOf = (some: ReadonlySet<number>): readonly string[] => [...some].map((row) => units.get(row)!);
    for (const { train, holdout: held } of fits) {
      const learnt = [...unitsOf(train), ...unitsOf(held)];
      expect(learnt.filter((unit) => isKept(unit, share))).toEqual([]);
    }
    expect(provenance.evaluation).toBe(share);
    judged += first.holdout.size;
    if (production === undefined) continue;
    const seen = files.get(production.modelId)!;
    expect(seen.size).toBeGreaterThan(0);
    expect(
      [...first.holdout].filter((row) => seen.has(row)),
      `step ${step}`,
    ).toEqual([]);
    expect([...first.holdout].filter((row) => !asked.has(row))).toEqual([]);
    const unlearnt = new Set([...asked].filter((row) => !first.holdout.has(row)));
    expect(unitsOf(unlearnt).filter((unit) => !isKept(unit, share))).toEqual([]);
    const seenUnits = new Set(unitsOf(seen));
    expect(
      unitsOf(unlearnt).filter((unit) => seenUnits.has(unit)),
      `step ${step}`,
    ).toEqual([]);
    expect(result.model.report!.kept?.rows ?? 0).toBe(unlearnt.size);
    kept += unlearnt.size;
    if (first.holdout.size > 0) compared++;
  }
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
  return { judged, compared, kept };
}

test.each([1, 2, 3, 4, 5, 6])("history %s: no row that judges was learnt from by either model", async (seed) => {
  const { judged, compared, kept } = await history(seed);
  expect(judged).toBeGreaterThan(0);
  expect(compared).toBeGreaterThan(1);
  expect(kept).toBeGreaterThan(0);
});
