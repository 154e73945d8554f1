import { expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { validBlueprints } from "../../../catalogue/index.ts";
import { shadowView } from "../../../loop/index.ts";
import { rowsTopic } from "../../../rows/index.ts";
import { decisions, rowsTopicName } from "../../../schemas/index.ts";
import { Publisher, Serdes, type Published } from "../../../streams/index.ts";
import { createMemoryRegistry } from "../../../streams/registry/memory-registry.ts";
import { compareShadow } from "../../../trainer/index.ts";
import { random } from "../../blueprints/random.ts";
import { blueprintTableOf } from "../../catalogue/table-of.ts";
import { MemoryBackbone } from "../../loop/memory-backbone.ts";
import { decision } from "../../operators/parcels.ts";
import { HOUR, rows, START, TEXT } from "../parcel-rows.ts";

const text = TEXT.replace("minRows: 200", 'minRows: 200, weight: "1 / propensity"');
const compiled = compileBlueprint(text);
const { useCase, version } = compiled.blueprint;
const COUNT = 200;

test("a version in shadow with weights is compared by them, over the rows that have one", async () => {
  const next = random(5);
  const made = rows(0, COUNT, 1).map((row, at) => ({
    row: { ...row, blueprintVersion: version },
    label: row["label"] as number,
    propensity: at % 5 === 0 ? null : 0.1 + next() * 0.9,
    id: row["decisionId"] as string,
    time: row["decisionTime"] as number,
    live: Math.fround(next()),
    shadow: Math.fround(next()),
  }));
  const backbone = new MemoryBackbone();
  const side = shadowView(backbone, { useCase, version });
  const serdes = new Serdes(createMemoryRegistry());
  for (const at of [backbone, side])
    await at.ensureTopics([{ name: decisions.name, partitions: 1, cleanup: "delete" }]);
  await side.ensureTopics([{ name: rowsTopicName(useCase), partitions: 1, cleanup: "delete" }]);
  await serdes.open(decisions);
  await serdes.open(rowsTopic(compiled));
  const records = (which: "live" | "shadow"): Published<unknown>[] =>
    made.map(({ id, time, [which]: late }) => {
      const value = decision(id, time, { blueprintVersion: version, predictions: { late }, value: late > 0.5 });
      return { topic: decisions, key: id, value, time };
    });
  await (await Publisher.open(backbone, serdes, 1)).publish(records("live"));
  const topic = rowsTopic(compiled);
  const labelled = made.map(({ id, time, row, propensity }): Published<unknown> => ({
    ...{ topic, key: id, value: { ...row, propensity }, time: time + HOUR },
  }));
  await (await Publisher.open(side, serdes, 1)).publish([...records("shadow"), ...labelled]);
  const table = blueprintTableOf([
    { useCase, version, text, activations: [], shadowings: [], parameters: [], modes: [] },
  ]);
  const { labels } = await compareShadow({ live: backbone, shadow: side, serdes }, compiled, validBlueprints(table), {
    spans: [{ from: START, to: START + COUNT * HOUR }],
    ...{ bytes: 1 << 20, spill: () => Promise.reject(new Error("no room is needed")) },
  });

  const weighed = made.filter(({ propensity }) => propensity !== null);
  const brier = (which: "live" | "shadow"): number => {
    const [sum, total] = weighed.reduce(
      ([sum, total], { label, propensity, [which]: late }) => {
        const weight = 1 / propensity!;
        return [sum + weight * (late - label) ** 2, total + weight];
      },
      [0, 0],
    );
    return sum / total;
  };
  const late = labels["late"]!;
  expect(late).toMatchObject({ labelled: weighed.length, live: { count: COUNT }, shadow: { count: COUNT } });
  expect(late.liveMetrics!["brier"]).toBeCloseTo(brier("live"), 6);
  expect(late.shadowMetrics!["brier"]).toBeCloseTo(brier("shadow"), 6);
});
