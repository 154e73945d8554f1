import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { setMode } from "../../catalogue/index.ts";
import { replay } from "../../loop/index.ts";
import { audit, explainDecision } from "../../recompute/index.ts";
import { blueprints, decisions, models, rowsTopicName, type DecisionRecorded } from "../../schemas/index.ts";
import { createMemoryEngine, readTopic } from "../../streams/index.ts";
import { hash } from "node:crypto";
import { writeArtifact } from "../../serving/index.ts";
import { HOUR, inProduction, onnx, PARCELS, parcels, published, START } from "../operators/parcels.ts";
import { openRun, SALT } from "./parcel-run.ts";

const TEXT = `${PARCELS}exploration: { epsilonGreedy: 0.5 }
learning: { baseline: weight > 1000, holdout: 0.2 }
`;
const { version } = parseBlueprint(TEXT);
const of = { useCase: parcels.useCase, version };

test("modes set for a version count strictly after their time, and draws, hold-outs and proposals are the same in audit, explain and replay", async () => {
  const run = await openRun();
  const dir = await mkdtemp(join(tmpdir(), "loopstream-modes-"));
  try {
    const tools = { backbone: run.backbone, serdes: run.source.serdes, publisher: run.publisher };
    await run.publisher.publish([{ topic: blueprints, ...published(TEXT, START) }]);
    const artifact = await writeArtifact(run.backbone, run.publisher, onnx, START, {});
    const { key, value: model, time } = inProduction("m1", START);
    const value = { ...model, blueprintVersion: version, artifact };
    await run.publisher.publish([{ topic: models, key, value, time }]);
    await setMode(tools, of, "apprentice", START + 2 * HOUR);
    await setMode(tools, of, "loggingOnly", START + 3 * HOUR);
    await setMode(tools, of, "online", START + 4 * HOUR);
    for (let at = 1; at <= 59; at++) await run.ask(`d${at}`, START + (at * HOUR) / 10, at * 2);
    await run.idle();

    const made = (await run.decisions()).toSorted((a, b) => a.decisionTime - b.decisionTime);
    const modes = made.map(({ mode }) => mode);
    expect([modes[18], modes[19], modes[20], modes[29], modes[30], modes[39], modes[40]]).toEqual([
      ...["online", "online", "apprentice", "apprentice", "loggingOnly", "loggingOnly", "online"],
    ]);
    const reasons = new Set(made.map(({ reason }) => reason));
    expect([...reasons].sort()).toEqual(["control", "exploit", "explore", "holdout"]);
    for (const { mode, reason, value, proposed, propensity } of made) {
      const isPolicys = mode === "online" && reason !== "holdout";
      expect(proposed).toHaveLength(isPolicys ? 0 : 1);
      if (!isPolicys) expect([value, propensity]).toEqual([false, 1]);
      else expect([0.25, 0.75]).toContain(propensity);
    }

    const all = { share: 1, from: START, to: START + 9 * HOUR };
    expect(await audit(run.source, all)).toMatchObject({ sampled: 59, recomputed: 59, differing: 0, differences: [] });
    expect(await explainDecision(run.source, "d25")).toMatchObject({ equal: true });

    const replayed = await replay({
      ...{ backbone: run.backbone, registry: run.backbone.registry, partitions: 3, salt: SALT, commitIntervalMs: 0 },
      ...{ engine: createMemoryEngine(), dir, stepMs: HOUR, latenessMs: HOUR },
      request: { useCase: parcels.useCase, from: START },
    });
    const topic = { ...decisions, name: replayed!.rowsTopic.replace(rowsTopicName(parcels.useCase), decisions.name) };
    const again: DecisionRecorded[] = [];
    for await (const { value } of readTopic(run.backbone, run.source.serdes, topic)) again.push(value);
    expect(shaOf(again)).toBe(shaOf(made));

    // A mode set behind the decisions' backs is a difference, and no other one.
    await setMode(tools, of, "apprentice", START + HOUR / 4);
    const behind = await audit(run.source, all);
    expect(behind.counts).toEqual({ mode: 18 });
    expect(behind.differences[0]).toMatchObject({ logged: "online", recomputed: "apprentice", cause: null });
  } finally {
    await run.close();
    await rm(dir, { recursive: true });
  }
}, 120_000);

const shaOf = (all: readonly DecisionRecorded[]): string =>
  hash("sha256", JSON.stringify(all.map((one) => ({ ...one })).toSorted((a, b) => a.decisionTime - b.decisionTime)));
