import { afterEach, describe, expect, test } from "vitest";
import { assignSalt, parseBlueprint, placeAt, unitPlace } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { decide } from "../../operators/index.ts";
import {
  blueprints,
  clock,
  deadLetters,
  decisionReplies,
  decisions,
  recordLimits,
  scored,
  type DecisionRecorded,
  type LoggedAction,
  type Scored,
} from "../../schemas/index.ts";
import { createTestDriver, defineTopology, SOURCE_HEADER, type TestDriver } from "../../streams/index.ts";
import { published, request, START } from "./parcels.ts";

const text = (policy: string, space = "{ options: { age: number, genre: category, shelf: key } }"): string => `
useCase: parcels
decisionSpace: ${space}
context: { weight: number, depot: key }
observations: { clicked: boolean }
features: [weight${space.includes("options") ? ", age, genre" : ""}]
label: { name: click, value: clicked, default: 0 }
policy: ${policy}
`;
const topology = (recorded: "shown" | "all") =>
  defineTopology({ name: "t", operators: [decide("salt", undefined, recorded)], globals: [blueprintTable], clock });

let driver: TestDriver;
const open = async (policy: string, space?: string, recorded: "shown" | "all" = "shown"): Promise<string> => {
  driver = await createTestDriver(topology(recorded), { deadLetters, partitions: 1, start: START });
  const version = text(policy, space);
  await driver.input(blueprints).send(published(version));
  return parseBlueprint(version).version;
};
afterEach(() => driver.close());

interface Film {
  readonly optionId: string;
  readonly context: { readonly age: number; readonly genre: string | null; readonly shelf: string };
}
const films: readonly Film[] = [
  { optionId: "a", context: { age: 1, genre: "drama", shelf: "s1" } },
  { optionId: "b", context: { age: 2, genre: "drama", shelf: "s2" } },
  { optionId: "c", context: { age: 3, genre: null, shelf: "s3" } },
];

/** @param clicks the predictions of the options; null: there is no model */
function value(version: string, clicks: readonly number[] | null, given = films, id = "d"): Scored {
  return {
    enriched: {
      request: request(id, { weight: 5, depot: "north" }, { candidates: given }),
      ...{ blueprintVersion: version, features: [5, null, null], error: null, misfits: null },
      options: given.map(({ optionId, context }) => ({ optionId, features: [context.age, context.genre] })),
    },
    modelId: clicks === null ? null : "m1",
    predictions: {},
    options: (clicks ?? []).map((click) => ({ click })),
  };
}
async function made(one: Scored): Promise<DecisionRecorded> {
  await driver.input(scored).send({ key: one.enriched.request.decisionId, value: one, time: START });
  return driver.output(decisions).read()!.value;
}

describe("a ranking", () => {
  test("records the options that were shown with all that is of them, and of the others a sample", async () => {
    const version = await open("{ rank: { score: click, show: 1, log: 1 } }");
    const decision = await made(value(version, [0.1, 0.9, 0.5]));
    expect(decision).toMatchObject({ value: "b", propensity: 1, reason: "exploit", actions: [], candidates: 3 });
    expect(decision.options).toHaveLength(2);
    expect(decision.options[0]).toEqual({
      ...{ optionId: "b", features: [2, "drama"], predictions: { click: 0.9 }, score: 0.9, position: 1, sampled: 1 },
      propensity: 1,
      keys: { genre: "drama", shelf: "s2" },
    });
    expect(decision.options[1]).toMatchObject({ position: null, sampled: 0.5, keys: {} });
    expect(decision.keys).toEqual({ depot: "north" });
    expect(driver.output(decisionReplies).readAll()).toEqual([]);
  });

  test("the sample is drawn by the decision's id: of 600 each option is in its share", async () => {
    const version = await open("{ rank: { score: click, show: 1, log: 1 } }");
    let first = 0;
    for (let n = 0; n < 600; n++) {
      const { options } = await made(value(version, [0.1, 0.9, 0.5], films, `d${n}`));
      if (options[1]!.optionId === "a") first++;
    }
    // Within four standard deviations.
    expect(Math.abs(first - 300)).toBeLessThan(49);
  });

  test("records all of them where others may have been shown", async () => {
    const version = await open("{ rank: { score: click, show: 1 } }", undefined, "all");
    const { options } = await made(value(version, [0.1, 0.9, 0.5]));
    expect(options.map(({ optionId, position, sampled }) => [optionId, position, sampled]).toSorted()).toEqual([
      ["a", null, 1],
      ["b", 1, 1],
      ["c", null, 1],
    ]);
  });

  test("without a model is the order of the request, and of nothing is empty", async () => {
    const version = await open("{ rank: click }");
    const decision = await made(value(version, null));
    expect(decision).toMatchObject({ value: "a", reason: "noModel", mode: "loggingOnly" });
    expect(decision.options.map(({ optionId, score }) => [optionId, score])).toEqual([
      ["a", null],
      ["b", null],
      ["c", null],
    ]);
    const nothing = await made(value(version, [], [], "e"));
    expect(nothing).toMatchObject({ value: null, reason: "error", options: [], candidates: 0, propensity: null });
  });

  test("keys of options that are larger than the limit are not kept, and a dead letter says so", async () => {
    const version = await open("{ rank: click }");
    const shelf = "x".repeat(recordLimits.decisionKeyBytes / 2);
    const large = films.map((film) => ({ ...film, context: { ...film.context, shelf } }));
    const decision = await made(value(version, [0.1, 0.9, 0.5], large));
    expect([decision.keys, decision.options.map(({ keys }) => keys)]).toEqual([null, [{}, {}, {}]]);
    expect(driver.output(deadLetters).read()?.value.code).toBe("OVER_LIMIT");
  });
});

describe("a choice", () => {
  test("has its options as actions, and is the one with the best score", async () => {
    const version = await open("{ choose: { score: click, exclude: age > 2 } }");
    expect(await made(value(version, [0.1, 0.5, 0.9]))).toMatchObject({
      ...{ value: "b", propensity: 1, actions: ["a", "b", "c"], distribution: [0, 1, 0], reason: "exploit" },
      options: [{ optionId: "b", position: 1 }],
    });
  });

  test("is none, with the reason, where all are excluded or without a score", async () => {
    const version = await open("{ choose: { score: click / (age - age) } }");
    const decision = await made(value(version, [0.1, 0.5, 0.9]));
    expect(decision).toMatchObject({ value: null, propensity: null, distribution: [], reason: "error", options: [] });
  });
});

describe("an action of history", () => {
  const choice = "{ choose: click }";
  const actions = "{ actions: [a, b, c] }";
  const history = { [SOURCE_HEADER]: Buffer.from("a file") };

  test("is chosen whatever the scores are, and is one of those that the request names", async () => {
    const version = await open(choice, actions);
    const of = (id: string, action: string): Scored => {
      const one = value(version, [0.1, 0.9], films.slice(0, 2), id);
      const options = one.enriched.options.map((option) => ({ ...option, features: [] }));
      const asked = {
        ...one.enriched.request,
        logged: { value: action, propensity: null, distribution: [], positions: [] },
      };
      return { ...one, enriched: { ...one.enriched, request: asked, options, features: [5] } };
    };
    await driver.input(scored).send({ key: "d", value: of("d", "a"), time: START, headers: history });
    expect(driver.output(decisions).read()?.value).toMatchObject({ value: "a", options: [{ optionId: "a" }] });
    await driver.input(scored).send({ key: "e", value: of("e", "c"), time: START, headers: history });
    expect(driver.output(decisions).readAll()).toEqual([]);
    expect(driver.output(deadLetters).read()?.value.message).toContain('"c" is not one of "a", "b"');
  });
});

test("a distribution over candidates of which two have one id says which", async () => {
  const version = await open("{ choose: click }");
  const one = value(version, [0.1, 0.9], [films[0]!, films[1]!, films[1]!]);
  const logged = { value: "a", propensity: null, distribution: [0.5, 0.25, 0.25], positions: [] };
  const asked = { ...one, enriched: { ...one.enriched, request: { ...one.enriched.request, logged } } };
  const headers = { [SOURCE_HEADER]: Buffer.from("a file") };
  await driver.input(scored).send({ key: "d", value: asked, time: START, headers });
  expect(driver.output(deadLetters).read()?.value.message).toContain(
    'has 3 probabilities, of 2 actions: the candidate "b" is there twice, as [1] and [2]',
  );
});

describe("a ranking of history", () => {
  const history = { [SOURCE_HEADER]: Buffer.from("a file") };
  type Likely = Pick<LoggedAction, "propensity" | "positions"> & Partial<LoggedAction>;
  async function shown(logged: Likely, policy = "{ rank: { score: click, show: 1, exclude: age < 2, log: 1 } }") {
    const version = await open(policy);
    const one = value(version, [0.1, 0.9, 0.5]);
    const request = { ...one.enriched.request, logged: { value: "a", distribution: [], ...logged } };
    const asked = { ...one, enriched: { ...one.enriched, request } };
    await driver.input(scored).send({ key: "d", value: asked, time: START, headers: history });
    return driver.output(decisions).read()?.value;
  }

  test("is the order of the candidates with the probability of each position, whatever the policy would show", async () => {
    const decision = await shown({ propensity: null, positions: [0.5, 0.25] });
    expect(decision).toMatchObject({
      ...{ value: "a", propensity: 0.125, distribution: [], actions: [], reason: "logged", mode: "loggingOnly" },
      candidates: 3,
      options: [
        { optionId: "a", position: 1, propensity: 0.5, predictions: { click: 0.1 }, sampled: 1, keys: { shelf: "s1" } },
        { optionId: "b", position: 2, propensity: 0.25, predictions: { click: 0.9 }, sampled: 1 },
        { optionId: "c", position: null, propensity: null, sampled: 1 },
      ],
    });
    expect(driver.deadLetters()).toEqual([]);
  });

  test("of which the list alone is known has all candidates, and no propensities of positions", async () => {
    const decision = await shown({ propensity: 0.25, positions: [] });
    expect(decision).toMatchObject({ value: "a", propensity: 0.25, reason: "logged" });
    expect(decision!.options.map(({ optionId, propensity }) => [optionId, propensity])).toEqual([
      ["a", null],
      ["b", null],
      ["c", null],
    ]);
  });

  test("of a feed that shows an option twice is a dead letter that names it", async () => {
    const version = await open("{ rank: click }");
    const one = value(version, [0.1, 0.9], [films[0]!, films[0]!]);
    const logged = { value: "a", propensity: null, distribution: [], positions: [0.5, 0.5] };
    const asked = { ...one, enriched: { ...one.enriched, request: { ...one.enriched.request, logged } } };
    await driver.input(scored).send({ key: "d", value: asked, time: START, headers: history });
    expect(driver.output(decisions).read()).toBeUndefined();
    expect(driver.deadLetters()).toMatchObject([
      { code: "BAD_ACTION", message: expect.stringContaining('the candidate "a" is there twice, as [0] and [1]') },
    ]);
  });

  test.each([
    [{ propensity: null, positions: [0.5, 0] }, "the probability 0 of a position is not above 0 and at most 1"],
    [{ propensity: null, positions: [0.5, 0.5, 0.5, 0.5] }, "probabilities of 4 positions, and 3 options"],
    [{ propensity: 0.5, positions: [0.5, 0.5] }, "of the list is 0.5, and the product of its positions 0.25"],
    [{ propensity: 2, positions: [] }, "the propensity 2 is not above 0 and at most 1"],
    [{ propensity: null, positions: [], value: "b" }, 'order of its candidates: "b" is not at its top'],
    [
      { propensity: null, positions: [], distribution: [1, 0, 0] },
      "probabilities of its positions, and no distribution",
    ],
  ])("that can't have been shown makes a dead letter and no record: %#", async (logged, message) => {
    expect(await shown(logged)).toBeUndefined();
    expect(driver.deadLetters()).toMatchObject([{ code: "BAD_ACTION", message: expect.stringContaining(message) }]);
  });
});

describe("groups of units", () => {
  const space = "{ actions: [control, reminder, nobody] }";
  const shares = [0.7, 0.3, 0];

  test("have their shares, a unit stays in its group, and the record has the probabilities", async () => {
    const version = await open("{ assign: { control: 0.7, reminder: 0.3, nobody: 0 } }", space);
    const asked = { ...value(version, null, []), enriched: { ...value(version, null, []).enriched, features: [5] } };
    const counts = new Map<unknown, number>();
    for (let n = 0; n < 1_000; n++) {
      const unit = `unit-${n % 500}`;
      const enriched = { ...asked.enriched, request: request(`d${n}`, {}, { unit }) };
      const decision = await made({ ...asked, enriched });
      const group = placeAt(unitPlace(assignSalt("salt", "parcels"), unit), shares);
      expect(decision).toMatchObject({
        ...{ value: ["control", "reminder"][group], propensity: shares[group], reason: "explore", modelId: null },
        ...{ distribution: shares, options: [] },
      });
      counts.set(decision.value, (counts.get(decision.value) ?? 0) + 1);
    }
    // Within four standard deviations of 500 units, each asked twice.
    expect(Math.abs(counts.get("reminder")! - 300)).toBeLessThan(82);
    expect(counts.has("nobody")).toBe(false);
  });

  test("are those of their names, in whatever order the policy has them", async () => {
    const version = await open("{ assign: { '10': 0, '9': 1, control: 0 } }", "{ actions: ['9', control, '10'] }");
    const { enriched, ...asked } = value(version, null, []);
    const decision = await made({ ...asked, enriched: { ...enriched, features: [5] } });
    expect(decision).toMatchObject({ value: "9", propensity: 1, distribution: [1, 0, 0] });
  });

  test("a place at the end of the decimals is in the last group that has a share", () => {
    expect([0, 0.6999, 0.7, 1 - 2 ** -52].map((place) => placeAt(place, [0.7, 0.3 - 1e-9, 0]))).toEqual([0, 0, 1, 1]);
    expect(placeAt(0.5, [0, 1])).toBe(1);
  });
});
