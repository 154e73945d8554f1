import { expect, test } from "vitest";
import { compileBlueprint } from "../../blueprints/index.ts";
import { rowsTopic } from "../../rows/index.ts";
import { blueprints, deadLetters, decisionRequests, decisions, events, observations } from "../../schemas/index.ts";
import { createTestDriver } from "../../streams/index.ts";
import { decisionTopology } from "../../topologies/index.ts";
import { HOUR, published, START } from "../operators/parcels.ts";

const NAMES = `useCase: names
decisionSpace: boolean
context:
  constructor: category
  toString: number
  hasOwnProperty: boolean
  valueOf: key
events:
  constructor: { fields: [toLocaleString] }
features:
  - constructor
  - toString
  - hasOwnProperty
  - isPrototypeOf: { sum: toLocaleString, of: constructor, by: valueOf, in: 3h }
label:
  name: toJSON
  when: kind == "constructor"
  value: toLocaleString > 5
  wait: 1h
policy:
  decide: toJSON > 0.5
`;

/** Each names what every object inherits, or its prototype. */
const WORDS = ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"];

test("what every object inherits is ordinary text as name, category, key, unit and decision id: no row is lost", async () => {
  const rows = rowsTopic(compileBlueprint(NAMES));
  const topology = decisionTopology({
    name: "t",
    scorers: () => Promise.reject(new Error("no model")),
    salt: "s",
    statistics: false,
  });
  const driver = await createTestDriver(topology, { deadLetters, start: START });
  try {
    await driver.input(blueprints).send(published(NAMES));
    for (const [index, word] of WORDS.entries()) {
      const attributes = { valueOf: word, toLocaleString: index + 1 };
      await driver.input(events).send({ key: word, value: { kind: "constructor", attributes }, time: START });
    }
    for (const [index, word] of WORDS.entries()) {
      const context = { constructor: word, toString: index, hasOwnProperty: true, valueOf: word };
      const request = {
        decisionId: word,
        useCase: "names",
        unit: word,
        context,
        deferred: false,
        logged: null,
        answered: null,
        candidates: [],
      };
      await driver.input(decisionRequests).send({ key: word, value: request, time: START + 1 });
      const values = { kind: "constructor", toLocaleString: index * 3 };
      const observation = { decisionId: word, useCase: "", observationId: "", optionId: "", activation: false, values };
      await driver.input(observations).send({ key: word, value: observation, time: START + 2 });
    }
    await driver.advanceTo(START + 4 * HOUR);
    expect(
      driver
        .output(deadLetters)
        .readAll()
        .map(({ value }) => value.message),
    ).toEqual([]);
    expect(driver.output(decisions).readAll()).toHaveLength(WORDS.length);
    const made = driver
      .output(rows)
      .readAll()
      .map(({ value }) => ({ ...value }));
    expect(
      made.map((row) => [row["decisionId"], row["constructor"], row["toString"], row["isPrototypeOf"], row["label"]]),
    ).toEqual(WORDS.map((word, index) => [word, word, index, index + 1, index * 3 > 5 ? 1 : 0]).sort());
    expect(made.every((row) => row["prediction_toJSON"] === null)).toBe(true);
  } finally {
    await driver.close();
  }
});
