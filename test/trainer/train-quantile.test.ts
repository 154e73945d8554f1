import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { readModels } from "../../catalogue/index.ts";
import { storyOf } from "../../cli/model-report/story.ts";
import { openTools, publishBlueprint } from "../../loop/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { createEmbeddedBackbone } from "../../streams/index.ts";
import { rebuildModel, trainModel } from "../../trainer/index.ts";
import { HOUR, rows, START, TEXT } from "./parcel-rows.ts";

const quantile = TEXT.replace("value: minutes > 10", "value: minutes, objective: quantile(0.9)")
  .replace("late > 0.5", "late > 15")
  .replace("rounds: 12", "rounds: 60");
const version = compileBlueprint(quantile);

/** Minutes between 0 and the parcel's weight: nine of ten are below 0.9 of it. */
function minutes(count: number): ReturnType<typeof rows> {
  let seed = 3;
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  return rows(0, count, 0).map((row) => ({
    ...row,
    blueprintVersion: version.blueprint.version,
    label: (row["weight"] as number) * random(),
  }));
}

test("a model of a quantile is judged by its pinball loss beside the constant quantile, told of, and rebuilt to the same bytes", async () => {
  const dir = await mkdtemp(join(tmpdir(), "loopstream-quantile-"));
  const backbone = await createEmbeddedBackbone({ dir });
  const tools = await openTools({ backbone, registry: backbone.registry, partitions: 3, codeVersion: "test" });
  try {
    await publishBlueprint(tools, quantile);
    const all = minutes(1200);
    await tools.publisher.publish(
      all.map((value) => ({
        ...{ topic: rowsTopic(version), key: value["decisionId"] as string },
        ...{ value, time: value["rowTime"] as number },
      })),
    );
    const result = await trainModel(tools, { useCase: "parcels", until: START + 1200 * 60_000 + HOUR });
    expect(result).toMatchObject({ kind: "trained", promoted: true });
    const [model] = await readModels(tools);
    expect(Object.keys(model!.metrics)).toEqual(["pinball"]);
    // Uniform up to w: the loss of the quantile at .9 is .045 w, with a mean weight of 15.
    expect(model!.metrics["pinball"]).toBeGreaterThan(0.5);
    expect(model!.metrics["pinball"]).toBeLessThan(0.85);
    expect(model!.report!.constant["pinball"]).toBeGreaterThan(1);
    expect(model!.states.at(-1)!.reason).toMatch(/^better than a constant: pinball 0\.\d+, a constant 1\.\d+/);
    const { calibration, importance } = model!.report!;
    expect(importance[0]!.feature).toBe("weight");
    for (const { predicted, observed } of calibration) expect(Math.abs(predicted - observed)).toBeLessThan(5);
    const told = storyOf(model!).chapters.flatMap(({ sentences }) => sentences);
    expect(told).toContainEqual(
      expect.stringMatching(
        /^Its pinball loss is 0\.\d+: \d+(\.\d+)? % less than without it \(a prediction that is always the quantile has 1\.\d+\)\.$/,
      ),
    );
    const again = await rebuildModel(tools, model!);
    expect(Buffer.from(again.onnx!)).toEqual(Buffer.from((result as { onnx: Uint8Array }).onnx));
  } finally {
    await tools.close();
    await backbone.close();
    await rm(dir, { recursive: true, force: true });
  }
});
