import { describe, expect, test } from "vitest";
import { compileBlueprint } from "../../../blueprints/index.ts";
import { problemsOf } from "../fixtures.ts";

const NUDGES = `useCase: nudges
decisionSpace: { actions: [hold, send, call] }
context: { fatigue: number }
observations: { clicked: boolean }
features: [fatigue]
label: { name: click, value: clicked, aggregate: any, default: 0 }
episodes: { end: fatigue > 9, learn: { learner: fittedQ, rounds: 20 } }
policy: { best: { share: 25%, within: 10% } }
`;
const { policy } = compileBlueprint(NUDGES);
const predictions = {
  ...{ value_hold: 1, value_send: 3, value_call: 9 },
  ...{ logged_hold: 0.7, logged_send: 0.28, logged_call: 0.02 },
};

describe("the rule best", () => {
  test("takes the action with the highest value among those that the log takes often enough", () => {
    expect(policy.decide([1], predictions)).toBe("send");
    expect(policy.decide([1], { ...predictions, logged_call: 0.1 })).toBe("call");
    expect(policy.decide([1], { ...predictions, value_hold: 3 })).toBe("hold");
  });

  test("draws a share of decisions from it, and the others as the log does", () => {
    const drawn = policy.distribution([1], predictions)!;
    expect(drawn.map((one) => Number(one.toFixed(12)))).toEqual([0.525, 0.46, 0.015]);
    expect(drawn.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 12);
  });

  test("says nothing where a prediction is missing", () => {
    expect(policy.decide([1], { ...predictions, logged_call: null })).toBeNull();
    expect(policy.distribution([1], {})).toBeNull();
  });

  test("takes what the log does most where no action is taken so often", () => {
    const many = { ...predictions, logged_hold: 0.05, logged_send: 0.06, logged_call: 0.01 };
    expect(policy.decide([1], many)).toBe("send");
  });

  test("decides true or false in a space of booleans", () => {
    const { policy: own } = compileBlueprint(NUDGES.replace("{ actions: [hold, send, call] }", "boolean"));
    const values = { value_false: 1, value_true: 2, logged_false: 0.5, logged_true: 0.5 };
    expect([own.decide([1], values), own.decide([1], { ...values, value_false: 3 })]).toEqual([true, false]);
    expect(own.distribution([1], values)).toEqual([0.375, 0.625]);
  });
});

const messages = (text: string): readonly string[] => problemsOf(text).map(({ message }) => message);

test("a policy knows the values of actions, and labels are not predicted", () => {
  const decide = NUDGES.replace(
    "policy: { best: { share: 25%, within: 10% } }",
    'policy:\n  decide: if(VALUE > 1, "send", "hold")',
  );
  expect(() => compileBlueprint(decide.replace("VALUE", "value_send - value_hold"))).not.toThrow();
  expect(messages(decide.replace("VALUE", "click"))).toEqual([
    expect.stringContaining('"click" is a label, and the model learns what actions are worth (write value_hold)'),
  ]);
});

test("the rule needs a model that learns from episodes", () => {
  const plain = NUDGES.replace("episodes: { end: fatigue > 9, learn: { learner: fittedQ, rounds: 20 } }\n", "");
  expect(messages(plain)).toEqual([
    expect.stringContaining("no model learns what actions are worth (write episodes: { learn: { learner: fittedQ } })"),
  ]);
});

test.each([
  ["learner: fittedX", "expected fittedQ | empiricalMdp | conservativeQ | cloning"],
  ["learner: empiricalMdp, rounds: 3", 'unknown field "rounds"'],
  ["learner: fittedQ, rounds: 0", "expected a whole number from 1 to 10000, found 0"],
  ["rounds: 3", 'missing field "learner"'],
  ["learner: conservativeQ, alpha: -1", "expected a number from 0 to 100, found -1"],
])("a mistake in learn: %s", (learn, what) => {
  const text = messages(NUDGES.replace("learner: fittedQ, rounds: 20", learn)).join();
  expect(text).toContain(what);
});

test.each([
  [
    "no end",
    NUDGES.replace("end: fatigue > 9, ", ""),
    "only episodes with an end can judge what is learnt (say what ends one: end: gone)",
  ],
  [
    "a weight",
    `${NUDGES}training: { weight: fatigue }\n`,
    "weight is of models that learn labels, and this one learns from episodes",
  ],
  [
    "a watch in production",
    `${NUDGES}ladder: { watch: 500 }\n`,
    "a watch compares predictions of labels, and this model learns from episodes",
  ],
  [
    "a tolerance, where no step of a ladder tolerates anything",
    `${NUDGES}training: { tolerance: 10% }\n`,
    "tolerance is of models that learn labels, and this one learns from episodes",
  ],
])("learning from episodes does not go with %s", (_, text, what) => {
  expect(messages(text).join()).toContain(what);
});

test("a model that learns from episodes may climb a ladder, which tolerates a share of the return", () => {
  const { blueprint } = compileBlueprint(`${NUDGES}ladder: { canary: [10%] }\ntraining: { tolerance: 20% }\n`);
  expect([blueprint.ladder!.canary, blueprint.training.tolerance]).toEqual([[0.1], 0.2]);
});

test("texts that read as booleans are no actions of the rule", () => {
  expect(messages(NUDGES.replace("[hold, send, call]", '["false", "true"]')).join()).toContain(
    "the actions are the texts false and true (write decisionSpace: boolean)",
  );
});

test("where the episodes are wrong that alone is said, and not that there are no values", () => {
  expect(messages(NUDGES.replace("learner: fittedQ", "learner: fittedQ, newest: 0s"))).toEqual([
    expect.stringContaining("episodes.learn.newest: "),
  ]);
});
