import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileBlueprint, sampleSalt, unitPlace } from "../../blueprints/index.ts";
import { blueprintTable, readModels, validBlueprints } from "../../catalogue/index.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import { readRows, rowsTopic, treatedText } from "../../rows/index.ts";
import { createEmbeddedBackbone, readTable } from "../../streams/index.ts";
import { rebuildModel, trainModel } from "../../trainer/index.ts";
import { HOUR, rows, START, TEXT } from "./parcel-rows.ts";

const text = TEXT.replace("minRows: 200", "minRows: 30, maxRows: 300");
const compiled = compileBlueprint(text);
const ROWS = 1_000;
/** Each row is corrected once. */
const all = rows(0, ROWS, 1).map((row) => ({
  ...{ ...row, blueprintVersion: compiled.blueprint.version },
  ...{ decisionId: String(row["decisionId"]), rowTime: Number(row["rowTime"]) },
}));
const records = [...all, ...all.map((row) => ({ ...row, rowTime: row.rowTime + HOUR, maturity: "corrected" }))];
const until = START + 10_000 * HOUR;

async function trained(partitions: number) {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-sampled-"));
  const backbone = await createEmbeddedBackbone({ dir });
  const tools = await openTools({ backbone, registry: backbone.registry, partitions, codeVersion: "test" });
  try {
    await publishBlueprint(tools, text);
    const order = partitions === 1 ? records : records.toReversed();
    await tools.publisher.publish(
      order.map((value) => ({ topic: rowsTopic(compiled), key: value.decisionId, value, time: value.rowTime })),
    );
    const result = await trainModel(tools, { useCase: "parcels", until });
    if (result.kind !== "trained") throw new Error("too few rows");
    const known = validBlueprints(await readTable(backbone, tools.serdes, blueprintTable));
    const read = await readRows(backbone, tools.serdes, compiled, known, until, { most: 300 });
    const [model] = await readModels(tools);
    return { result, read, rebuilt: await rebuildModel(tools, model!), model: model! };
  } finally {
    await tools.close();
    await backbone.close();
    await rm(dir, { recursive: true, force: true });
  }
}

test("of more records than maxRows a sample of the decisions is learnt from: the same on any partitions, told, and drawn again", async () => {
  const [one, three] = [await trained(1), await trained(3)];
  const share = 300 / records.length;
  const expected = all.filter(({ decisionId }) => unitPlace(sampleSalt("parcels"), decisionId) < share);
  expect(expected.length).toBeGreaterThan(100);
  expect(expected.length).toBeLessThan(200);
  for (const { result, read, rebuilt, model } of [one, three]) {
    expect(read.rows.map(({ decisionId, maturity }) => [decisionId, maturity])).toEqual(
      expected.map(({ decisionId }) => [decisionId, "corrected"]),
    );
    const left = records.length - 2 * expected.length;
    expect(read.sampledOut).toBe(left);
    expect(result.treated).toEqual([{ name: "training.maxRows", treatment: "sampled", rows: left, decisions: [] }]);
    expect(result.treated.map(treatedText)).toEqual([
      `${left} of the records of rows are not in the sample that training.maxRows asks for`,
    ]);
    expect(model.provenance.rows + model.provenance.holdout).toBe(expected.length);
    expect(rebuilt).toMatchObject({ equal: true, problem: null, rows: expected.length });
  }
  expect(one.model.modelId).toBe(three.model.modelId);
});
