import { afterEach, expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { readModels, validBlueprints } from "../../../catalogue/index.ts";
import { publishBlueprint } from "../../../loop/index.ts";
import { LOGGED, START, TARGET, World } from "./world.ts";

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

test("a version with another window, model, policy and wait is estimated before it decides, near its true value", async () => {
  world = await World.open(2, 1_600);
  const estimate = (await world.estimate(900, 1_600))!;
  expect(estimate).toMatchObject({ refused: [], missing: [], rewarded: 700, predictions: "model" });
  expect(estimate.model).toMatchObject({ trained: true, reason: expect.stringContaining("better than a constant") });
  const { DR, SNIPS, IPS } = estimate.estimates!;
  const truth = await world.truth(estimate.model.modelId, 99);
  for (const { value, standardError } of [DR!, SNIPS!, IPS!])
    expect(Math.abs(value - truth)).toBeLessThan(4 * standardError);
  // It knows what the visits say, and is worth more than chance.
  expect(truth).toBeGreaterThan(estimate.logged!.value + 0.05);
  // Nothing of it decides, and its replay's topics are gone but for the rows that it learnt from.
  const { blueprints } = await world.loop.tables();
  const known = validBlueprints(blueprints);
  expect(known.at("offers", Number.MAX_SAFE_INTEGER)!.blueprint.version).not.toBe(estimate.policy);
  expect(known.version("offers", estimate.policy)).toBeDefined();
  const replays = new Set(
    (await world.loop.backbone.topics()).flatMap((topic) => /^replay-[0-9a-f]{8}-\d+/.exec(topic)?.[0] ?? []),
  );
  expect(replays.size).toBe(1);
  // Again: the version has its model now, and says the same.
  const again = (await world.estimate(900, 1_600))!;
  expect(again.model).toMatchObject({ modelId: estimate.model.modelId, trained: false });
  expect(again.estimates).toEqual(estimate.estimates);
}, 120_000);

test("too little to learn from, a model that would not have decided, a posterior and another kind of decision are refused", async () => {
  world = await World.open(6, 500);
  const { estimate } = { estimate: (text: string, first = 150) => world!.estimate(first, 500, text) };
  await expect(estimate(TARGET)).rejects.toThrow(/rows are complete before the estimated time, and 200 are needed/);
  const blind = TARGET.replace(
    "{ rounds: 12, depth: 3, learningRate: 0.2, minChildWeight: 10 }",
    "{ learner: constant }",
  ).replace("minRows: 200", "minRows: 20");
  await expect(estimate(blind)).rejects.toThrow(/would not have decided: .*; refused: not better than a constant/);
  const learning = TARGET.replace(
    "policy: { choose: click }",
    "posterior: {}\npolicy: { choose: posteriorMean }",
  ).replace("exploration: { epsilonGreedy: 0.1 }\n", "");
  await expect(estimate(learning)).rejects.toMatchObject({ code: "BAD_USAGE" });
  // There a draw acts, and no policy.
  const logging = TARGET.replace("policy:", "learning: { mode: loggingOnly, logging: uniform }\npolicy:");
  await expect(estimate(logging)).rejects.toThrow(
    /learning.mode is loggingOnly: a uniform draw acts, and not the policy/,
  );
  // The version that is live has no model: none is made for decisions of the past.
  const online = LOGGED.replace("learning: { mode: loggingOnly, logging: uniform }\n", "");
  await publishBlueprint(world.loop, online, START + 100_000);
  await expect(estimate(online)).rejects.toThrow(/is live, or was, and had no model at the beginning/);
  expect(
    (await readModels(world.loop)).every(
      ({ blueprintVersion }) => blueprintVersion !== compileBlueprint(online).blueprint.version,
    ),
  ).toBe(true);
}, 120_000);
