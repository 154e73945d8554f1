import { describe, expect, test } from "vitest";
import { readOnnxMetadata } from "../../../serving/index.ts";
import { openOnnxModel } from "../../../serving/onnx/onnx-session.ts";
import type { EpisodeLearnerName } from "../../../blueprints/index.ts";
import type { LearntValues } from "../../../trainer/episodes/episode-learner.ts";
import type { EpisodeSteps } from "../../../trainer/episodes/episode-steps.ts";
import { episodeLearners } from "../../../trainer/episodes/learners/index.ts";
import { behaviour, chancesOf, simulate, valueOf } from "../../fixtures/worlds/fatigue.ts";
import { difference, learnt, served, sha256, worth } from "./learnt.ts";

const LOGGED = valueOf(behaviour);
const names = Object.keys(episodeLearners) as EpisodeLearnerName[];
const episodes = [100, 101, 102].map((seed) => simulate(seed, 5000, behaviour));
/** Of 30 steps, some with a missing feature, some whose rest is not known, and an action that is rare. */
const small: EpisodeSteps = (() => {
  const steps = simulate(7, 60, behaviour);
  const { features, terminal, starts } = steps;
  for (let step = 0; step < steps.steps; step += 7) features[3 * step + 1] = Number.NaN;
  for (const end of starts.subarray(1).filter((_, episode) => episode % 5 === 0)) terminal[end - 1] = 0;
  const action = steps.action.map((own, step) => (step % 40 === 3 ? 2 : own));
  return { ...steps, actions: ["hold", "send", "later"], action };
})();

/** Enough to write a file. */
const quick = {
  cloning: {},
  empiricalMdp: {},
  fittedQ: { iterations: 3, rounds: 20 },
  conservativeQ: { epochs: 2, width: 8 },
} as const;
/** A narrow network takes a tenth of the time. */
const narrow = { width: 16, epochs: 10 };
const fits = new Map<string, Promise<LearntValues>>();
const fitOf = (name: EpisodeLearnerName, at: number): Promise<LearntValues> => {
  const key = `${name} ${at}`;
  if (!fits.has(key)) fits.set(key, learnt(name, episodes[at]!, name === "conservativeQ" ? narrow : {}));
  return fits.get(key)!;
};

describe.each(names)("%s", (name) => {
  test("writes a file that serving loads, with a value and a probability an action, the same as its own", async () => {
    for (const [one, steps] of [
      [await learnt(name, small, quick[name]), small],
      [await fitOf(name, 0), episodes[0]!],
    ] as const) {
      const outputs = await served(one.onnx, steps.features, steps.steps);
      const wanted = ["value", "logged"].flatMap((kind) => steps.actions.map((action) => `${kind}_${action}`));
      expect([...outputs.keys()]).toEqual(wanted);
      expect(await difference(one, steps)).toBeLessThan(2e-5);
      expect(readOnnxMetadata(one.onnx)).toEqual({ made: "by a test" });
      for (let step = 0; step < steps.steps; step++) {
        const sum = steps.actions.reduce((all, action) => all + outputs.get(`logged_${action}`)![step]!, 0);
        if (!(Math.abs(sum - 1) < 1e-5)) expect(sum, `probabilities at step ${step}`).toBe(1);
      }
    }
  });

  test("is the same to ONNX Runtime", async () => {
    const { onnx } = await learnt(name, small, quick[name]);
    const model = await openOnnxModel(onnx, "compared with it");
    const predicted = await model.predict(small.features, small.steps);
    const own = await served(onnx, small.features, small.steps);
    for (const [at, output] of model.outputs.entries()) {
      const gap = predicted[at]!.reduce(
        (most, value, step) => Math.max(most, Math.abs(value - own.get(output)![step]!)),
        0,
      );
      expect(gap, output).toBeLessThan(2e-5);
    }
    await model.release();
  });

  test("gives the same bytes for the same steps", async () => {
    const [one, other] = [await learnt(name, small, quick[name]), await learnt(name, small, quick[name])];
    expect(sha256(one.onnx)).toBe(sha256(other.onnx));
  });

  test("clones the log", async () => {
    const steps = episodes[0]!;
    const { logged } = await fitOf(name, 0);
    const chances = chancesOf(behaviour)(steps.features, steps.steps);
    const gaps = logged.map((chance, at) => Math.abs(chance - chances[at]!));
    expect(gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length).toBeLessThan(0.02);
  });
});

test.each(["fittedQ", "empiricalMdp"] as const)(
  "%s with a discount of 0 learns what an action is worth at once",
  async (name) => {
    const steps = { ...episodes[0]!, discount: 0 };
    const { onnx } = await learnt(name, steps);
    const outputs = await served(onnx, steps.features, steps.steps);
    const means = steps.actions.map((action, at) => {
      const own = Array.from({ length: steps.steps }, (_, step) => step).filter((step) => steps.action[step] === at);
      const mean = (of: ArrayLike<number>): number => own.reduce((sum, step) => sum + of[step]!, 0) / own.length;
      return [mean(outputs.get(`value_${action}`)!), mean(steps.reward)] as const;
    });
    for (const [value, wanted] of means) expect(value).toBeCloseTo(wanted, 2);
  },
);

describe("of 5,000 episodes", () => {
  const valuesOf = async (name: EpisodeLearnerName): Promise<readonly number[]> => {
    const values: number[] = [];
    for (const at of episodes.keys()) values.push(await worth(await fitOf(name, at)));
    return values;
  };
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

  test("dynamic programming in the empirical process is worth 4.24 and more, of 4.296", async () => {
    expect(mean(await valuesOf("empiricalMdp"))).toBeGreaterThanOrEqual(4.24);
  });

  test("fitted Q iteration is worth 4.15 and more, each time", async () => {
    for (const value of await valuesOf("fittedQ")) expect(value).toBeGreaterThanOrEqual(4.15);
  });

  test("conservative Q-learning is worth no less than the log", async () => {
    expect(await worth(await fitOf("conservativeQ", 0))).toBeGreaterThanOrEqual(LOGGED);
  });

  test("a clone is worth as much as the log", async () => {
    expect(mean(await valuesOf("cloning"))).toBeCloseTo(LOGGED, 1);
  });
});
