import { expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { validBlueprints } from "../../catalogue/index.ts";
import { shadowView } from "../../loop/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { decisions, rowsTopicName, type DecisionRecorded } from "../../schemas/index.ts";
import { Publisher, Serdes, type Published } from "../../streams/index.ts";
import { createMemoryRegistry } from "../../streams/registry/memory-registry.ts";
import { compareShadow } from "../../trainer/index.ts";
import { random } from "../blueprints/random.ts";
import { blueprintTableOf } from "../catalogue/table-of.ts";
import { MemoryBackbone } from "../loop/memory-backbone.ts";
import { decision } from "../operators/parcels.ts";
import { HOUR, rows, START, TEXT } from "./parcel-rows.ts";

const LIVE = compileBlueprint(TEXT);
const text = TEXT.replace("late > 0.5", "late > 0.4");
const compiled = compileBlueprint(text);
const { useCase, version } = compiled.blueprint;
const MINUTE = 60_000;
const COUNT = 400;

interface Pair {
  readonly id: string;
  readonly time: number;
  readonly live: DecisionRecorded | undefined;
  readonly shadow: DecisionRecorded | undefined;
  readonly label: number | undefined;
}

/** Predictions in single precision, some of them equal, some missing; some decisions on one side only. */
function pairsOf(seed: number): readonly Pair[] {
  const next = random(seed);
  return rows(0, COUNT, 1).map((row, n): Pair => {
    const time = START + n * MINUTE;
    const id = row["decisionId"] as string;
    const made = (of: typeof LIVE, bound: number): DecisionRecorded | undefined => {
      const late = next() < 0.9 ? Math.fround(Math.round(next() * 50) / 50) : undefined;
      if (next() < 0.05) return undefined;
      const predictions = late === undefined ? {} : { late };
      const value = late === undefined ? null : late > bound;
      return decision(id, time, { blueprintVersion: of.blueprint.version, predictions, value });
    };
    const [live, shadow] = [made(LIVE, 0.5), made(compiled, 0.4)];
    return { id, time, live, shadow, label: next() < 0.7 ? (row["label"] as number) : undefined };
  });
}

/** Area under the curve by its definition: over all pairs of a one and a zero. */
function aucOf(labels: readonly number[], predictions: readonly number[]): number {
  let [won, all] = [0, 0];
  for (const [i, one] of labels.entries())
    for (const [j, zero] of labels.entries()) {
      if (one !== 1 || zero !== 0) continue;
      all++;
      won += predictions[i]! > predictions[j]! ? 1 : predictions[i] === predictions[j] ? 0.5 : 0;
    }
  return won / all;
}
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

test.each([1, 2, 3])("the figures are those of the definitions, seed %i", async (seed) => {
  const pairs = pairsOf(seed);
  const span = { from: START + 10 * MINUTE, to: START + (COUNT - 20) * MINUTE };
  const backbone = new MemoryBackbone();
  const side = shadowView(backbone, { useCase, version });
  const serdes = new Serdes(createMemoryRegistry());
  for (const at of [backbone, side]) {
    await at.ensureTopics([{ name: decisions.name, partitions: 3, cleanup: "delete" }]);
  }
  await side.ensureTopics([{ name: rowsTopicName(useCase), partitions: 3, cleanup: "delete" }]);
  const shuffled = pairs.toSorted((a, b) => (a.id.at(-1)! < b.id.at(-1)! ? -1 : 1));
  const records = (which: "live" | "shadow"): Published<unknown>[] =>
    shuffled.flatMap(({ id, time, [which]: value }) =>
      value === undefined ? [] : [{ topic: decisions, key: id, value, time }],
    );
  const row = rows(0, COUNT, 1);
  await serdes.open(decisions);
  await serdes.open(rowsTopic(compiled));
  await (await Publisher.open(backbone, serdes, 3)).publish(records("live"));
  await (
    await Publisher.open(side, serdes, 3)
  ).publish([
    ...records("shadow"),
    ...pairs.flatMap(({ id, time, label }, n): Published<unknown>[] => {
      if (label === undefined) return [];
      const value = { ...row[n], label, blueprintVersion: version, rowTime: time + HOUR };
      return [{ topic: rowsTopic(compiled), key: id, value, time: time + HOUR }];
    }),
  ]);
  const table = blueprintTableOf(
    [LIVE, compiled].map(({ blueprint }, n) => ({
      ...{
        useCase,
        version: blueprint.version,
        text: n === 0 ? TEXT : text,
        activations: [],
        shadowings: [],
        parameters: [],
        modes: [],
      },
    })),
  );
  const figures = await compareShadow({ live: backbone, shadow: side, serdes }, compiled, validBlueprints(table), {
    spans: [span],
    bytes: 1 << 20,
    spill: () => Promise.reject(new Error("no room is needed")),
  });

  const within = pairs.filter(({ time }) => time >= span.from && time < span.to);
  const both = within.filter((pair) => pair.live !== undefined && pair.shadow !== undefined) as (Pair & {
    live: DecisionRecorded;
    shadow: DecisionRecorded;
  })[];
  expect(figures).toMatchObject({
    from: both[0]!.time,
    to: both.at(-1)!.time,
    decisions: both.length,
    liveOnly: within.filter(({ live, shadow }) => live !== undefined && shadow === undefined).length,
    shadowOnly: within.filter(({ live, shadow }) => live === undefined && shadow !== undefined).length,
    flipped: both.filter(({ live, shadow }) => live.value !== shadow.value).length,
  });
  for (const { live, shadow, decisions: count } of figures.flips)
    expect(count).toBe(both.filter((pair) => pair.live.value === live && pair.shadow.value === shadow).length);
  expect(figures.flips.reduce((sum, flip) => sum + flip.decisions, 0)).toBe(figures.flipped);
  const late = figures.labels["late"]!;
  for (const which of ["live", "shadow"] as const) {
    const all = both.flatMap((pair) => pair[which].predictions["late"] ?? []).sort((a, b) => a - b);
    const mean = meanOf(all);
    const { count, percentiles, ...moments } = late[which]!;
    expect(count).toBe(all.length);
    expect(moments.mean).toBeCloseTo(mean, 12);
    expect(moments.standardDeviation).toBeCloseTo(Math.sqrt(meanOf(all.map((each) => (each - mean) ** 2))), 12);
    for (const [at, share] of [0.05, 0.25, 0.5, 0.75, 0.95].entries()) {
      const value = percentiles[at]!;
      expect(all.filter((each) => each <= value).length).toBeGreaterThanOrEqual(share * all.length - 1e-9);
      expect(all.filter((each) => each < value).length).toBeLessThan(share * all.length);
    }
  }
  const scored = both.filter(
    ({ live, shadow }) => live.predictions["late"] !== undefined && shadow.predictions["late"] !== undefined,
  );
  const differences = scored.map(({ live, shadow }) => shadow.predictions["late"]! - live.predictions["late"]!);
  expect(late.meanDifference).toBeCloseTo(meanOf(differences), 12);
  expect(late.largestDifference).toBe(Math.max(...differences.map(Math.abs)));
  const labelled = scored.filter(({ label }) => label !== undefined);
  const labels = labelled.map(({ label }) => label!);
  expect(late.labelled).toBe(labels.length);
  for (const [which, metrics] of [
    ["live", late.liveMetrics],
    ["shadow", late.shadowMetrics],
  ] as const) {
    const predicted = labelled.map((pair) => pair[which].predictions["late"]!);
    expect(metrics!["auc"]).toBeCloseTo(aucOf(labels, predicted), 12);
    expect(metrics!["brier"]).toBeCloseTo(meanOf(predicted.map((each, at) => (each - labels[at]!) ** 2)), 12);
  }
});
