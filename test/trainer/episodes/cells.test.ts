import { describe, expect, test } from "vitest";
import { loadScorer } from "../../../serving/index.ts";
import { cellsOf, plan } from "../../../trainer/episodes/cells.ts";
import { largest, ordinalsOf, statesOf } from "../../../trainer/episodes/states.ts";
import { tableTree } from "../../../trainer/episodes/table-tree.ts";
import type { EpisodeSteps } from "../../../trainer/episodes/episode-steps.ts";
import { behaviour, simulate } from "../../fixtures/worlds/fatigue.ts";
import { learnt, served } from "./learnt.ts";

/** Episodes of lists of [state, action, reward]; with the ordinal as a second column if asked. */
function episodesOf(
  episodes: readonly (readonly (readonly [state: number, action: number, reward: number])[])[],
  ordinal: boolean,
  discount = 0.5,
): EpisodeSteps {
  const all = episodes.flatMap((some) => some.map((step, at) => ({ step, at, last: at === some.length - 1 })));
  return {
    features: Float32Array.from(all.flatMap(({ step, at }) => (ordinal ? [step[0], at + 1] : [step[0]]))),
    ...{ columns: ordinal ? 2 : 1, steps: all.length, actions: ["a", "b"] },
    action: Int32Array.from(all, ({ step }) => step[1]),
    propensity: new Float64Array(all.length).fill(0.5),
    reward: Float64Array.from(all, ({ step }) => step[2]),
    next: Int32Array.from(all, ({ last }, at) => (last ? -1 : at + 1)),
    terminal: Uint8Array.from(all, ({ last }) => Number(last)),
    starts: Int32Array.from([0, ...episodes], (_, at) =>
      episodes.slice(0, at).reduce((sum, some) => sum + some.length, 0),
    ),
    discount,
  };
}

describe("cells", () => {
  const walk = [
    [
      [5, 0, 1],
      [6, 1, 0],
      [5, 1, 4],
    ],
    [
      [5, 1, 2],
      [6, 0, 3],
    ],
    [
      [5, 0, 3],
      [5, 1, 2],
      [6, 1, 8],
    ],
  ] as const;

  test("find the column that counts the steps, and states without it", () => {
    const steps = episodesOf(walk, true);
    expect(ordinalsOf(steps)).toEqual({ column: 1, start: 1, count: 3 });
    expect(ordinalsOf(episodesOf(walk, false))).toEqual({ start: 0, count: 3 });
    expect([...statesOf(steps, 1).of]).toEqual([0, 1, 0, 0, 1, 0, 0, 1]);
    expect(statesOf(steps).count).toBe(5);
  });

  test("are planned backward, as by hand", () => {
    const steps = episodesOf(walk, true);
    const cells = cellsOf(steps);
    // States 5 and 6, actions a and b: means of the rewards.
    expect([...cells.rewards]).toEqual([2, 8 / 3, 3, 4]);
    // The third steps do not say what comes after.
    expect([...cells.followed]).toEqual([2, 2, 1, 1]);
    const values = plan(cells, 0.5, 0, (own, at) => largest(own, at, 2));
    const last = [2, 8 / 3, 3, 4];
    // 5 a: to 6 and to 5; 5 b: to 6, and to 6; 6 a ended; 6 b: to 5.
    const back = (five: number, six: number): number[] => [
      2 + 0.5 * (five / 2 + six / 2),
      8 / 3 + 0.5 * six,
      3,
      4 + 0.5 * five,
    ];
    const middle = back(8 / 3, 4);
    const first = back(Math.max(middle[0]!, middle[1]!), Math.max(middle[2]!, middle[3]!));
    for (const [at, value] of [...first, ...middle, ...last].entries()) expect(values[at]).toBeCloseTo(value, 12);
  });

  test("smoothing draws an action to the worst of its state, and one that was never taken is worth that", () => {
    const steps = episodesOf([[[1, 0, 4]], [[1, 0, 4]], [[1, 1, 0]], [[2, 1, 7]]], false);
    const values = plan(cellsOf(steps), 0.5, 2, (own, at) => largest(own, at, 2));
    expect([...values]).toEqual([2, 0, 7, 7]);
  });

  test("refuse features of which nearly every step has its own", () => {
    const steps = simulate(1, 300, behaviour);
    const features = steps.features.map((value, at) => (at % 3 === 0 ? Math.sin(at) : value));
    expect(() => cellsOf({ ...steps, features })).toThrow(/states are more than the 200000 of a table: .* fittedQ/);
  });

  test("an unknown rest is no end", () => {
    const known = episodesOf(
      [
        [
          [1, 0, 1],
          [9, 0, 10],
        ],
        [
          [1, 0, 1],
          [9, 0, 10],
        ],
        [[1, 0, 1]],
      ],
      false,
    );
    const plain = plan(cellsOf(known), 0.5, 0, (own, at) => largest(own, at, 2))[0]!;
    const terminal = known.terminal.slice();
    terminal[4] = 0;
    const cut = plan(cellsOf({ ...known, terminal }), 0.5, 0, (own, at) => largest(own, at, 2))[0]!;
    expect([plain, cut]).toEqual([1 + (0.5 * 20) / 3, 6]);
  });

  test("without a column of ordinals the table is of the values at the start", async () => {
    const steps = episodesOf(
      [
        [
          [1, 0, 1],
          [9, 0, 10],
        ],
      ],
      false,
    );
    const outputs = await served((await learnt("empiricalMdp", steps)).onnx, Float32Array.of(1, 9), 2);
    expect([...outputs.get("value_a")!]).toEqual([6, 10]);
  });
});

describe("a table as a tree", () => {
  test("has each row, and for others one that is near", async () => {
    const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];
    const rows = [
      [0, 0],
      [0, 1],
      [0, nan],
      [2, 5],
      [2, 7],
      [nan, nan],
      [nan, 3],
      [-1e30, 1],
    ];
    const onnx = tableTree(Float32Array.from(rows.flat()), rows.length, 2).onnx(rows.map((_, at) => at));
    const scorer = await loadScorer(onnx);
    const ask = async (some: readonly (readonly number[])[]): Promise<readonly number[]> => [
      ...(await scorer.score(Float32Array.from(some.flat()), some.length))[0]!,
    ];
    expect(await ask(rows)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    // [0.9, 1] is nearer to 0 than to 2; a missing second value of 2 counts as the smallest.
    expect(
      await ask([
        [0.9, 1],
        [1.1, 99],
        [2, nan],
        [inf, -inf],
      ]),
    ).toEqual([1, 4, 3, 3]);
  });

  test("keeps neighbours apart that lie next to each other in float32", async () => {
    const near = Math.fround(1 + 2 ** -23);
    const scorer = await loadScorer(tableTree(Float32Array.of(1, near), 2, 1).onnx([3, 4]));
    expect([...(await scorer.score(Float32Array.of(1, near), 2))[0]!]).toEqual([3, 4]);
  });

  test("refuses more rows than a file should have", () => {
    expect(() => tableTree(new Float32Array(200_001), 200_001, 1)).toThrow(/200001 states are more than the 200000/);
  });
});

test("trees give an action that was never taken the least value", async () => {
  const steps = simulate(1, 100, behaviour);
  const found = await learnt(
    "fittedQ",
    { ...steps, actions: ["hold", "never", "send"], action: steps.action.map((one) => 2 * one) },
    { iterations: 4, rounds: 20 },
  );
  const outputs = await served(found.onnx, steps.features, steps.steps);
  const [hold, never, send] = ["value_hold", "value_never", "value_send"].map((name) => outputs.get(name)!);
  const least = Math.min(...hold!, ...send!);
  for (let step = 0; step < steps.steps; step++) expect(never![step]).toBeLessThanOrEqual(least + 1e-6);
  expect(found.values[1]).toBeCloseTo(never![0]!, 6);
});

test("trees learn of no step whose rest is not known, and say so if there is no other", async () => {
  const steps = simulate(1, 3, behaviour);
  const starts = Int32Array.from({ length: 4 }, (_, at) => at);
  const next = new Int32Array(3).fill(-1);
  const cut = {
    ...{ ...steps, steps: 3, starts, next, terminal: new Uint8Array(3), features: steps.features.slice(0, 9) },
    ...{ action: steps.action.slice(0, 3), reward: steps.reward.slice(0, 3), propensity: steps.propensity.slice(0, 3) },
  };
  await expect(learnt("fittedQ", cut)).rejects.toThrow("of no step it is known what came after");
});
