import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelsAt, modelTable, moveModel, readModels } from "../../../catalogue/index.ts";
import { openTools, publishBlueprint } from "../../../loop/index.ts";
import { rowsTopic, type TrainingMatrix } from "../../../rows/index.ts";
import { blueprints, models, type TrainingRow } from "../../../schemas/index.ts";
import { createEmbeddedBackbone, readTable } from "../../../streams/index.ts";
import { fitModel, trainModel, type Fit, type TrainingTools } from "../../../trainer/index.ts";
import { compiled, HOUR, rows, START, TEXT } from "../parcel-rows.ts";

const MINUTE = 60_000;
/** The weights are all different, so that they tell which rows a matrix has. */
const weightsOf = ({ features, rows: count, columns }: TrainingMatrix): Set<number> =>
  new Set(Array.from({ length: count }, (_, row) => features[row * columns]!));

interface Learnt {
  readonly train: ReadonlySet<number>;
  readonly holdout: ReadonlySet<number>;
}

/** Rows that come late, corrections, hold-outs of any size and models that are moved by hand. */
async function history(seed: number): Promise<{ readonly judged: number; readonly compared: number }> {
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
  const at: TrainingTools = {
    ...tools,
    fit,
    tables: async () => ({
      blueprints: await readTable(backbone, tools.serdes, blueprints),
      models: await readTable(backbone, tools.serdes, models),
    }),
  };
  await publishBlueprint(tools, TEXT);
  const files = new Map<string, ReadonlySet<number>>();
  let [next, judged, compared] = [0, 0, 0];
  let back: TrainingRow[] = [];
  for (let step = 0; step < 14; step++) {
    const count = 150 + Math.floor(random() * 150);
    const fresh = rows(next, count, random() < 0.7 ? 1 : -1);
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
    const { production } = modelsAt(
      await readTable(backbone, tools.serdes, modelTable.topic),
      "parcels",
      compiled.blueprint.version,
      now,
    );
    fits.length = 0;
    const holdout = [0, 0.02, 0.2, 0.6, 0.9][Math.floor(random() * 5)]!;
    const result = await trainModel(at, { useCase: "parcels", until: now, holdout });
    if (result.kind !== "trained") continue;
    const [first] = fits as [Learnt];
    const { modelId, provenance } = result.model;
    if (!files.has(modelId)) files.set(modelId, fits.at(-1)!.train);
    expect([...first.holdout].filter((row) => first.train.has(row))).toEqual([]);
    if (provenance.refitted) expect(fits.at(-1)!.train.size).toBe(first.train.size + first.holdout.size);
    judged += first.holdout.size;
    if (production === undefined) continue;
    const seen = files.get(production.modelId)!;
    expect(seen.size).toBeGreaterThan(0);
    expect(
      [...first.holdout].filter((row) => seen.has(row)),
      `step ${step}`,
    ).toEqual([]);
    if (first.holdout.size > 0) compared++;
  }
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
  return { judged, compared };
}

test.each([1, 2, 3, 4, 5, 6])("history %s: no row that judges was learnt from by either model", async (seed) => {
  const { judged, compared } = await history(seed);
  expect(judged).toBeGreaterThan(0);
  expect(compared).toBeGreaterThan(1);
});
