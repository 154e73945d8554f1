import { describe, expect, test } from "vitest";
import { estimateEpisodes, weigh } from "../../../statistics/index.ts";
import { evaluateByCells, evaluateByTrees, loggedEpisodes } from "../../../trainer/episodes/fitted-q-evaluation.ts";
import { behaviour, chancesOf, mixture, optimum, place, simulate, valuesOf } from "../../fixtures/worlds/fatigue.ts";

const policy = mixture(0.2, optimum, behaviour);
const exact = valuesOf(policy);
const steps = simulate(100, 5000, behaviour);

describe.each([
  ["cells", evaluateByCells, 0.1],
  ["trees", evaluateByTrees, 0.15],
] as const)("values of a policy by %s", (_, evaluate, most) => {
  test("are near the exact ones in the states of the log", async () => {
    const target = chancesOf(policy);
    const values = await evaluate(steps, target, 0);
    const logged = await loggedEpisodes(steps, target, values);
    let [gap, mean] = [0, 0];
    for (let step = 0; step < steps.steps; step++) {
      const [f, e, t] = steps.features.subarray(3 * step, 3 * step + 3) as unknown as [number, number, number];
      const at = place(t, f, e);
      gap += Math.abs(logged.q![step]! - exact.q[2 * at + steps.action[step]!]!) / steps.steps;
      mean += (logged.v![step]! - exact.v[at]!) / steps.steps;
    }
    expect(gap).toBeLessThan(most);
    expect(Math.abs(mean)).toBeLessThan(0.05);
    const { estimates } = estimateEpisodes(logged);
    const magic = estimates.find(({ name }) => name === "MAGIC")!;
    // The reference has a root mean squared error of 0.04.
    expect(Math.abs(magic.value - exact.value)).toBeLessThan(0.12);
    expect(magic.interval[0]).toBeLessThan(exact.value);
    expect(magic.interval[1]).toBeGreaterThan(exact.value);
  });
});

test("episodes without a model have no values, and the weights of the log are 1", async () => {
  const logged = await loggedEpisodes(steps, chancesOf(behaviour));
  expect([logged.q, logged.v]).toEqual([undefined, undefined]);
  for (const mean of weigh(logged).means) expect(mean).toBeCloseTo(1, 12);
});
