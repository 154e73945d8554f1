import { expect, test } from "vitest";
import { compareBlueprints, compileBlueprint } from "../../../blueprints/index.ts";
import { SEVERAL } from "../fixtures.ts";

const withReward = (reward: string) => compileBlueprint(`${SEVERAL}reward: ${reward}\n`);
const names = compileBlueprint(SEVERAL).blueprint.labels.map(({ name }) => name);
const [one, other] = names as [string, string];

test("weights are numbers of the reward by name", () => {
  const reward = withReward(`{ formula: a * ${one} - b * ${other}, weights: { a: 2, b: 0.5 } }`).reward!;
  const labels: Readonly<Record<string, number>> = { [one]: 3, [other]: 4 };
  expect(reward((name) => ({ value: labels[name]!, waits: false }))).toBe(4);
  expect(reward((name) => ({ value: labels[name]!, waits: name === other }))).toBeNull();
  expect(reward((name) => ({ value: name === one ? null : 1, waits: false }))).toBeNull();
});

test("a section without weights is its formula, and another weight is another version", () => {
  const versionOf = (reward: string): string => withReward(reward).blueprint.version;
  expect(versionOf(`{ formula: 2 * ${one} }`)).toBe(versionOf(`2*${one}`));
  const weighed = (weight: number): string => `{ formula: a * ${one}, weights: { a: ${weight} } }`;
  expect(versionOf(weighed(2))).not.toBe(versionOf(weighed(3)));
  const changes = compareBlueprints(withReward(weighed(2)).blueprint, withReward(weighed(3)).blueprint);
  expect(changes).toEqual([expect.objectContaining({ path: "reward.weights.a" })]);
});
