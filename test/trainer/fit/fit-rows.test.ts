import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import type { TrainingRow } from "../../../schemas/index.ts";
import { fitModel, type FitRequest } from "../../../trainer/index.ts";
import { fitRows } from "../../../trainer/fit/fit-rows.ts";
import { splitRows } from "../../../trainer/split-rows.ts";
import { compiled, START } from "../parcel-rows.ts";

test("an error of the learner says of which use case, version, rows and features it is", async () => {
  const fitted = fitRows(fitModel, { compiled, split: splitRows(compiled, [], 0), until: START });
  await expect(fitted).rejects.toThrow(
    `parcels ${compiled.blueprint.version} could not be trained on 0 rows of weight, carrier: there are no rows to train on`,
  );
});

const classes = compileBlueprint(`
useCase: parcels
decisionSpace: boolean
context: { weight: number }
features: [weight]
observations: { minutes: number }
label:
  name: delay
  value: if(minutes < 10, "none", if(minutes < 60, "some", "lost"))
  classes: [none, some, lost]
  wait: 1m
model: { learner: auto, trials: 3 }
policy: { decide: delay_lost > 0.5 }
`);

test("a search over the classes of a label goes on where it was cut off; classes have one matrix of held-out rows", async () => {
  const rows = Array.from({ length: 200 }, (_, at): TrainingRow => {
    const [weight, own] = [(at * 7) % 30, Math.floor(((at * 7) % 30) / 10)];
    const labels = ["none", "some", "lost"].map((name, place) => [`label_delay_${name}`, Number(place === own)]);
    return { decisionId: `d${at}`, decisionTime: START + at, weight, ...Object.fromEntries(labels) } as TrainingRow;
  });
  const folder = await mkdtemp(join(tmpdir(), "loopstream-classes-"));
  const kept = { folder, codeVersion: "1.0.0" };
  const given = { compiled: classes, split: splitRows(classes, rows, 0.2), until: START };
  const requests: FitRequest[] = [];
  const asked: typeof fitModel = (request, onProgress) => {
    requests.push(request);
    return fitModel(request, onProgress);
  };
  try {
    const cut = fitRows(asked, {
      ...{ ...given, kept },
      onProgress(done) {
        if (done === 2) throw new Error("the end");
      },
    });
    await expect(cut).rejects.toThrow("the end");
    const [search] = await readdir(folder);
    expect(await readdir(join(folder, search!))).toHaveLength(2);
    const resumed = await fitRows(asked, { ...given, kept });
    expect(await readdir(join(folder, search!))).toHaveLength(3);
    expect(resumed.onnx).toEqual((await fitRows(fitModel, given)).onnx);
    const holdouts = requests.flatMap(({ holdout, further = [] }) => [holdout, ...further.map((one) => one.holdout)]);
    expect(holdouts).toHaveLength(6);
    expect(new Set(holdouts.map(({ features }) => features)).size).toBe(2);
    expect(holdouts.slice(0, 3).map(({ labels }) => labels.reduce((a, b) => a + b))).toEqual([13, 14, 13]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
