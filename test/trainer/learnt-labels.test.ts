import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";
import { createEmbeddedBackbone, type EmbeddedBackbone } from "../../streams/index.ts";
import { rebuildModel, trainModel, type TrainResult } from "../../trainer/index.ts";
import { HOUR, rows, START, TEXT } from "./parcel-rows.ts";

const SEVERAL = TEXT.replace(
  /label: .*\n/,
  `labels:
  late: { value: minutes > 10, wait: 1h }
  slow: { value: minutes, aggregate: sum, wait: 1h, objective: regression }
`,
);
const compiled = compileBlueprint(SEVERAL);
const UNTIL = START + 100 * HOUR;
const COUNT = 400;

let dir: string;
let backbone: EmbeddedBackbone;
let tools: Awaited<ReturnType<typeof openTools>>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-labels-"));
  backbone = await createEmbeddedBackbone({ dir });
  tools = await openTools({ backbone, registry: backbone.registry, partitions: 1, codeVersion: "1.0.0" });
  await publishBlueprint(tools, SEVERAL);
});
afterEach(async () => {
  await tools.close();
  await backbone.close();
  await rm(dir, { recursive: true, force: true });
});

/** @param slow the second label of a row; null: it has none */
async function trained(slow: (at: number) => number | null): Promise<TrainResult> {
  const { version } = compiled.blueprint;
  const all = rows(0, COUNT, 1).map(({ label: late, ...row }, at): TrainingRow => ({
    ...{ ...row, blueprintVersion: version, label: late!, label_late: late!, labelTime_late: null },
    ...{ label_slow: slow(at), labelTime_slow: null, prediction_slow: null },
  }));
  const topic = rowsTopic(compiled);
  await tools.publisher.publish(
    all.map((value) => ({ topic, key: value["decisionId"] as string, value, time: value["rowTime"] as number })),
  );
  return trainModel(tools, { useCase: "parcels", until: UNTIL });
}

test("a label that too few rows have is told by its name, and nothing is trained", async () => {
  expect(await trained((at) => (at % 4 === 0 ? at : null))).toMatchObject({
    ...{ kind: "tooFewRows", rows: 100, needed: 200, label: "slow", treated: [] },
  });
});

test("a label that only rows have that are held out has none to be learnt from", async () => {
  expect(await trained((at) => (at >= 320 ? at : null))).toMatchObject({
    ...{ kind: "tooFewRows", rows: 0, label: "slow" },
  });
});

test("a value that can't be learnt is left out of its label alone", async () => {
  const result = await trained((at) => (at % 5 === 0 ? null : at === 21 ? 1e300 : at));
  const treated = [{ name: "label_slow", treatment: "leftOut", rows: 1, decisions: ["d000021"] }];
  expect(result).toMatchObject({ kind: "trained", treated, model: { provenance: { rows: 320, holdout: 80 } } });
  if (result.kind !== "trained") return;
  expect(result.model.metrics["slow.mse"]).toBeLessThan(1e6);
  expect(await rebuildModel(tools, result.model)).toMatchObject({ equal: true });
});
