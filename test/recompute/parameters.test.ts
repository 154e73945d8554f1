import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { setParams } from "../../catalogue/index.ts";
import { replay } from "../../loop/index.ts";
import { audit, explainDecision } from "../../recompute/index.ts";
import { blueprints, decisions, models, rowsTopicName, type DecisionRecorded } from "../../schemas/index.ts";
import { createMemoryEngine, readTopic } from "../../streams/index.ts";
import { hash } from "node:crypto";
import { writeArtifact } from "../../serving/index.ts";
import { HOUR, inProduction, onnx, PARCELS, parcels, published, START } from "../operators/parcels.ts";
import { openRun, SALT } from "./parcel-run.ts";

const TEXT = PARCELS.replace("policy:\n", "policy:\n  params: { w: { default: 1, min: 0, max: 5 } }\n").replace(
  "risk > 0.5",
  "risk * w > 0.5",
);
const { version } = parseBlueprint(TEXT);
const of = { useCase: parcels.useCase, version };

test("values set for a version count strictly after their time, are recorded, and are the same in audit, explain and replay", async () => {
  const run = await openRun();
  const dir = await mkdtemp(join(tmpdir(), "loopstream-parameters-"));
  try {
    const tools = { backbone: run.backbone, serdes: run.source.serdes, publisher: run.publisher };
    await run.publisher.publish([{ topic: blueprints, ...published(TEXT, START) }]);
    const artifact = await writeArtifact(run.backbone, run.publisher, onnx, START, {});
    const { key, value: model, time } = inProduction("m1", START);
    const value = { ...model, blueprintVersion: version, artifact };
    await run.publisher.publish([{ topic: models, key, value, time }]);
    await setParams(tools, of, { w: 0 }, START + 2 * HOUR);
    await setParams(tools, of, { w: 5 }, START + 3 * HOUR);
    await setParams(tools, of, { w: null }, START + 4 * HOUR);
    await expect(setParams(tools, of, { w: 5.1 }, START)).rejects.toThrow(/parameter "w": 5.1 is not from 0 to 5/);
    await expect(setParams(tools, of, { v: 1 }, START)).rejects.toThrow(/no parameter "v" \(known: w\)/);
    for (let at = 1; at <= 9; at++) await run.ask(`d${at}`, START + (at * HOUR) / 2, at * 10);
    await run.idle();

    const made = (await run.decisions()).toSorted((a, b) => a.decisionTime - b.decisionTime);
    expect(made.map(({ parameters }) => parameters["w"])).toEqual([1, 1, 1, 1, 0, 0, 5, 5, 1]);
    for (const { value, predictions, parameters } of made)
      expect(value).toBe(predictions["late"]! * parameters["w"]! > 0.5);
    expect(made.slice(4, 6).map(({ value }) => value)).toEqual([false, false]);
    expect(made.some(({ value }) => value === true)).toBe(true);

    const all = { share: 1, from: START, to: START + 9 * HOUR };
    expect(await audit(run.source, all)).toMatchObject({ sampled: 9, recomputed: 9, differing: 0, differences: [] });
    const explained = await explainDecision(run.source, "d7");
    expect(explained).toMatchObject({ equal: true, parameters: [{ name: "w", logged: 5, recomputed: 5 }] });
    expect(explained!.policy.at(-1)!.steps).toContainEqual({ text: "w", value: 5 });

    const replayed = await replay({
      ...{ backbone: run.backbone, registry: run.backbone.registry, partitions: 3, salt: SALT, commitIntervalMs: 0 },
      ...{ engine: createMemoryEngine(), dir, stepMs: HOUR, latenessMs: HOUR },
      request: { useCase: parcels.useCase, from: START },
    });
    const topic = { ...decisions, name: replayed!.rowsTopic.replace(rowsTopicName(parcels.useCase), decisions.name) };
    const again: DecisionRecorded[] = [];
    for await (const { value } of readTopic(run.backbone, run.source.serdes, topic)) again.push(value);
    expect(shaOf(again)).toBe(shaOf(made));

    // A change behind the decision's back is a difference, and no other one.
    await setParams(tools, of, { w: 4 }, START + HOUR / 4);
    const behind = await audit(run.source, all);
    expect(behind.counts).toEqual({ parameters: 4 });
    expect(behind.differences[0]).toMatchObject({ field: "w", logged: 1, recomputed: 4, cause: null });
  } finally {
    await run.close();
    await rm(dir, { recursive: true });
  }
}, 120_000);

const shaOf = (all: readonly DecisionRecorded[]): string =>
  hash("sha256", JSON.stringify(all.map((one) => ({ ...one })).toSorted((a, b) => a.decisionTime - b.decisionTime)));
