import { expect, test } from "vitest";
import { checkSteps } from "../../../trainer/episodes/episode-steps.ts";
import { behaviour, myopic, optimum, policyFrom, simulate, valueOf } from "../../fixtures/worlds/fatigue.ts";
import { hash32, normal, uniform } from "../weights/world.ts";

test("the world's numbers are those of other languages", () => {
  expect([hash32(1, 0), hash32(42, 7, 3)]).toEqual([2_527_132_011, 2_940_315_975]);
  expect(uniform(42, 7, 3)).toBeCloseTo(0.68459566, 8);
  expect(normal(42, 7, 3)).toBeCloseTo(0.27642261, 8);
});

test("values of policies are those of the dynamic programme in Python", () => {
  expect(valueOf(optimum)).toBeCloseTo(4.295926103646549, 12);
  expect(valueOf(behaviour)).toBeCloseTo(2.657135419027188, 12);
  expect(valueOf(myopic)).toBeCloseTo(2.0092610098973616, 12);
  expect(valueOf(policyFrom(() => 1))).toBeCloseTo(1.7856501520456294, 12);
  expect(valueOf(policyFrom(() => 0))).toBeCloseTo(0.8467730321029595, 12);
});

test("episodes are those of Python, step by step", () => {
  const steps = simulate(100, 5000, behaviour);
  checkSteps(steps);
  const { features, action, reward, starts, terminal } = steps;
  const column = (of: number): number => {
    let sum = 0;
    for (let step = 0; step < steps.steps; step++) sum += features[3 * step + of]!;
    return sum;
  };
  expect([steps.steps, starts.length, column(0), column(1)]).toEqual([143_119, 5001, 625_624, 253_146]);
  const total = (some: Iterable<number>): number => [...some].reduce((sum, one) => sum + one, 0);
  expect([total(action), total(terminal)]).toEqual([68_122, 5000]);
  expect(total(reward.map((one, step) => one * 0.95 ** features[3 * step + 2]!)) / 5000).toBeCloseTo(
    2.7163005457345295,
    10,
  );
  // The first user who leaves.
  const own = (of: number): readonly number[] =>
    Array.from({ length: 20 }, (_, t) => features[3 * (starts[1]! + t) + of]!);
  expect(starts[2]! - starts[1]!).toBe(20);
  expect(own(0)).toEqual([0, 1, 3, 5, 4, 5, 4, 5, 5, 4, 5, 5, 5, 6, 5, 4, 6, 5, 4, 6]);
  expect([...action.subarray(starts[1], starts[2])].join("")).toBe("11101010010010010011");
  expect([...reward.subarray(starts[1], starts[1]! + 5)]).toEqual([1, -0.05, -0.05, 0, -0.05]);
});

test.each([
  ["the discount is -0.1", { discount: -0.1 }],
  ["they start at 0 and end at 1 of", { starts: Int32Array.of(0, 1) }],
  ["1 actions are no choice", { actions: ["hold"] }],
  ["3 entries of reward", { reward: new Float64Array(3) }],
  ["the next step of 0 is 0", { next: new Int32Array(simulate(1, 2, behaviour).steps) }],
])("steps that are no episodes are refused: %s", (message, wrong) => {
  expect(() => checkSteps({ ...simulate(1, 2, behaviour), ...wrong })).toThrow(message);
});
