import { expect, test } from "vitest";
import { loadXgboost, parseModel, XgboostError } from "../../../trainer/xgboost/index.ts";
import { referenceCase } from "../../fixtures/xgboost/reference.ts";

const { train, all } = referenceCase("binary");
const params = { objective: "binary:logistic", tree_method: "hist", max_depth: 3, subsample: 0.5, seed: 5 };

test("an instance gives the same model whatever it trained before", async () => {
  const used = await loadXgboost();
  used.train({ ...train, params: { ...params, seed: 9 }, rounds: 7 }).free();
  const second = used.train({ ...train, params, rounds: 5 });
  const fresh = (await loadXgboost()).train({ ...train, params, rounds: 5 });
  expect(second.toJson()).toBe(fresh.toJson());
});

test("columns drawn for each tree are the same in every instance, for the same seed", async () => {
  const drawn = async (seed: number, share: number): Promise<string> => {
    const sampled = { ...params, seed, subsample: 1, colsample_bytree: share };
    return (await loadXgboost()).train({ ...train, params: sampled, rounds: 5 }).toJson();
  };
  const trees = (json: string): string => JSON.stringify(parseModel(json).trees);
  expect(await drawn(5, 0.5)).toBe(await drawn(5, 0.5));
  expect(trees(await drawn(5, 0.5))).not.toBe(trees(await drawn(6, 0.5)));
  expect(trees(await drawn(5, 0.5))).not.toBe(trees(await drawn(5, 1)));
  expect(trees(await drawn(5, 1))).toBe(trees(await drawn(6, 1)));
});

test.each(["colsample_bylevel", "colsample_bynode"])("%s below 1 is refused", async (name) => {
  const xgboost = await loadXgboost();
  expect(() => xgboost.train({ ...train, params: { ...params, [name]: 0.8 }, rounds: 1 })).toThrow(`${name}=0.8`);
  xgboost.train({ ...train, params: { ...params, [name]: 1 }, rounds: 1 }).free();
});

test("threads and other devices are refused", async () => {
  const xgboost = await loadXgboost();
  expect(() => xgboost.train({ ...train, params: { nthread: 4 }, rounds: 1 })).toThrow("nthread=4");
  expect(() => xgboost.train({ ...train, params: { device: "cuda" }, rounds: 1 })).toThrow("device=cuda");
});

test("errors carry XGBoost's own words, without its clock", async () => {
  const xgboost = await loadXgboost();
  const fail = (): unknown => xgboost.train({ ...train, params: { objective: "nope" }, rounds: 1 });
  expect(fail).toThrow(XgboostError);
  expect(fail).toThrow(/^XGBoost training failed: xgboost\/.*Unknown objective function: `nope`/);
  const features = train.features.with(0, Infinity);
  expect(() => xgboost.train({ ...train, features, params, rounds: 1 })).toThrow("contains `inf`");
});

test("after an error the instance trains on", async () => {
  const xgboost = await loadXgboost();
  expect(() => xgboost.train({ ...train, params: { objective: "nope" }, rounds: 1 })).toThrow();
  const booster = xgboost.train({ ...train, params, rounds: 5 });
  const fresh = (await loadXgboost()).train({ ...train, params, rounds: 5 });
  expect(booster.toJson()).toBe(fresh.toJson());
});

test("a parameter XGBoost does not know is reported", async () => {
  const lines: string[] = [];
  const xgboost = await loadXgboost({ onLog: (line) => lines.push(line) });
  xgboost.train({ ...train, params: { ...params, max_dpeth: 3 }, rounds: 1 }).free();
  expect(lines.join("\n")).toContain("max_dpeth");
});

test("throwing from onRound ends the training with that error", async () => {
  const xgboost = await loadXgboost();
  const rounds: number[] = [];
  const onRound = (done: number): void => {
    rounds.push(done);
    if (done === 2) throw new Error("enough");
  };
  expect(() => xgboost.train({ ...train, params, rounds: 9, onRound })).toThrow("enough");
  expect(rounds).toEqual([1, 2]);
});

test("lengths that disagree are refused before anything is allocated", async () => {
  const xgboost = await loadXgboost();
  expect(() => xgboost.train({ ...train, columns: 11, params, rounds: 1 })).toThrow("1500 rows × 11 columns");
  expect(() => xgboost.train({ ...train, labels: new Float32Array(3), params, rounds: 1 })).toThrow("3 labels");
  expect(() => xgboost.train({ ...train, weights: new Float32Array(3), params, rounds: 1 })).toThrow("3 weights");
  expect(() => xgboost.train({ ...train, params, rounds: 0 })).toThrow("rounds=0");
});

test("a freed booster is refused, freeing twice is not", async () => {
  const booster = (await loadXgboost()).train({ ...train, params, rounds: 1 });
  booster.free();
  booster.free();
  expect(() => booster.predict(all.features, all.rows)).toThrow("was freed");
  expect(() => booster.toJson()).toThrow("was freed");
});

test("training, predicting and failing again and again takes no more memory", async () => {
  const xgboost = await loadXgboost();
  const work = (): void => {
    const booster = xgboost.train({ ...train, params, rounds: 1 });
    booster.predict(all.features, all.rows);
    booster.toJson();
    booster.free();
    expect(() => xgboost.train({ ...train, params: { objective: "nope" }, rounds: 1 })).toThrow();
  };
  work();
  const before = xgboost.memory();
  // A matrix takes 144 kB: a hundred that leak would show.
  for (let model = 0; model < 100; model++) work();
  expect(xgboost.memory()).toBeLessThan(before + 5e6);
});

test("classes are read as a tree each a round; other models of several outputs and other boosters are refused by the model reader", async () => {
  const xgboost = await loadXgboost();
  const labels = train.labels.map((_, row) => row % 3);
  const multi = xgboost.train({ ...train, labels, params: { objective: "multi:softprob", num_class: 3 }, rounds: 1 });
  expect(multi.predict(all.features, all.rows)).toHaveLength(all.rows * 3);
  const { trees, classMargins } = parseModel(multi.toJson());
  expect([trees.length, classMargins?.length]).toEqual([3, 3]);
  const softmax = xgboost.train({ ...train, labels, params: { objective: "multi:softmax", num_class: 3 }, rounds: 1 });
  expect(() => parseModel(softmax.toJson())).toThrow("several outputs");
  const linear = xgboost.train({ ...train, params: { booster: "gblinear" }, rounds: 1 });
  expect(() => parseModel(linear.toJson())).toThrow("gblinear");
});
