import { expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { validBlueprints } from "../../catalogue/index.ts";
import { shadowView } from "../../loop/index.ts";
import { rowOf, rowsTopic } from "../../rows/index.ts";
import { decisions, rowsTopicName, type DecisionRecorded } from "../../schemas/index.ts";
import { Publisher, Serdes, type Published } from "../../streams/index.ts";
import { createMemoryRegistry } from "../../streams/registry/memory-registry.ts";
import { compareShadow } from "../../trainer/index.ts";
import { random, shuffled } from "../blueprints/random.ts";
import { blueprintTableOf } from "../catalogue/table-of.ts";
import { MemoryBackbone } from "../loop/memory-backbone.ts";
import { compiled as LIVE, HOUR, joinedOf, option, ranking, START, TEXT } from "../rows/option-rows.ts";

const text = TEXT.replace("score: click,", "score: 2 * click,");
const compiled = compileBlueprint(text);
const { useCase, version } = compiled.blueprint;
const COUNT = 120;
const next = random(3);

/** The live version records the three that it showed and one more, the one in shadow all. Two decisions have one time. */
const made = Array.from({ length: COUNT }, (_, n) => {
  const options = (shown: number, recorded: number, by: string): DecisionRecorded["options"] =>
    shuffled(["a", "b", "c", "d", "e", "f"], next)
      .slice(0, recorded)
      .map((id, at) => ({
        ...option(id, at < shown ? at + 1 : null, n),
        predictions: next() < 0.9 ? { click: Math.fround(next()) } : {},
        ...{ score: by === "live" ? 0.25 : null },
      }));
  const time = START + (n >> 1) * 60_000;
  const live = ranking(`d${n}`, time, options(3, 4, "live"));
  const shadow = ranking(`d${n}`, time, options(3, 6, "shadow"), { blueprintVersion: version });
  // Rows are of the options that the live version showed; one in three has none yet.
  const labels = new Map(
    live.options.flatMap(({ optionId, position }) =>
      position === null || next() < 0.33 ? [] : [[optionId, next() < 0.4 ? 1 : 0] as const],
    ),
  );
  return { live, shadow, labels };
});

test("predictions of options are compared of each that either version showed, labels are those of its own row", async () => {
  const backbone = new MemoryBackbone();
  const side = shadowView(backbone, { useCase, version });
  const serdes = new Serdes(createMemoryRegistry());
  for (const at of [backbone, side])
    await at.ensureTopics([{ name: decisions.name, partitions: 3, cleanup: "delete" }]);
  await side.ensureTopics([{ name: rowsTopicName(useCase), partitions: 3, cleanup: "delete" }]);
  await serdes.open(decisions);
  await serdes.open(rowsTopic(compiled));
  const records = (which: "live" | "shadow"): Published<unknown>[] =>
    made.map(({ [which]: value }) => ({
      ...{ topic: decisions, key: value.decisionId, value, time: value.decisionTime },
    }));
  const rows = made.flatMap(({ live, labels }) =>
    live.options.flatMap(({ optionId }, at): Published<unknown>[] => {
      const label = labels.get(optionId);
      if (label === undefined) return [];
      const value = { ...rowOf(joinedOf(live, at, { label }), compiled), blueprintVersion: version };
      return [{ topic: rowsTopic(compiled), key: live.decisionId, value, time: live.decisionTime + HOUR }];
    }),
  );
  await (await Publisher.open(backbone, serdes, 3)).publish(shuffled(records("live"), next));
  await (await Publisher.open(side, serdes, 3)).publish(shuffled([...records("shadow"), ...rows], next));
  const table = blueprintTableOf(
    [LIVE, compiled].map(({ blueprint }, n) => ({
      ...{ useCase, version: blueprint.version, text: n === 0 ? TEXT : text },
      ...{ activations: [], shadowings: [], parameters: [], modes: [] },
    })),
  );
  const figures = await compareShadow({ live: backbone, shadow: side, serdes }, compiled, validBlueprints(table), {
    spans: [{ from: START, to: START + COUNT * HOUR }],
    ...{ bytes: 1 << 20, spill: () => Promise.reject(new Error("no room is needed")) },
  });

  const pairs = made.flatMap(({ live, shadow, labels }) => {
    const find = ({ options }: DecisionRecorded, id: string) => options.find(({ optionId }) => optionId === id);
    const isShown = (one: ReturnType<typeof find>): boolean => (one?.position ?? null) !== null;
    return ["a", "b", "c", "d", "e", "f"].flatMap((id) => {
      const [ours, its] = [find(live, id), find(shadow, id)];
      if (!isShown(ours) && !isShown(its)) return [];
      return [{ ours: ours?.predictions["click"], its: its?.predictions["click"], label: labels.get(id) }];
    });
  });
  const both = pairs.filter(({ ours, its }) => ours !== undefined && its !== undefined);
  const labelled = both.filter(({ label }) => label !== undefined);
  const brier = (which: "ours" | "its"): number =>
    labelled.reduce((sum, pair) => sum + (pair[which]! - pair.label!) ** 2, 0) / labelled.length;
  const click = figures.labels["click"]!;
  expect(figures).toMatchObject({ decisions: COUNT, liveOnly: 0, shadowOnly: 0 });
  expect(figures.flipped).toBe(made.filter(({ live, shadow }) => live.value !== shadow.value).length);
  expect([click.live!.count, click.shadow!.count, click.labelled]).toEqual([
    ...[pairs.filter(({ ours }) => ours !== undefined).length, pairs.filter(({ its }) => its !== undefined).length],
    labelled.length,
  ]);
  expect(labelled.length).toBeGreaterThan(100);
  expect(click.meanDifference).toBeCloseTo(
    both.reduce((sum, { ours, its }) => sum + its! - ours!, 0) / both.length,
    12,
  );
  expect(click.liveMetrics!["brier"]).toBeCloseTo(brier("ours"), 12);
  expect(click.shadowMetrics!["brier"]).toBeCloseTo(brier("its"), 12);
});
