import { afterEach, beforeEach, expect, test } from "vitest";
import { deadLetters, decisionRequests, events, observations, recordLimits } from "../../schemas/index.ts";
import {
  createTestDriver,
  defineOperator,
  defineTopology,
  type AnyTopic,
  type Headers,
  type StreamRecord,
  type TestDriver,
} from "../../streams/index.ts";

const seen: number[] = [];
const see = (records: readonly StreamRecord<unknown>[]) => records.forEach(({ origin }) => seen.push(origin.offset));
const reader = defineOperator({
  name: "reader",
  in: { decisionRequests, observations, events },
  out: {},
  state: {},
  globals: {},
  handlers: { decisionRequests: see, observations: see, events: see },
});

let driver: TestDriver;
beforeEach(async () => {
  seen.length = 0;
  driver = await createTestDriver(defineTopology({ name: "checks", operators: [reader] }), { deadLetters });
});
afterEach(() => driver.close());

const { idBytes, nameBytes, textBytes, mapEntries, valueBytes, keyBytes, headers, headerBytes } = recordLimits;
const options = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ optionId: `o${i}`, context: { price: i, genre: "drama" } }));
/** Behind one that is right. */
const candidate = (optionId: string, context: object = {}) => ({
  candidates: [
    { optionId: "first", context: { price: 1 } },
    { optionId, context },
  ],
});
const text = (bytes: number): string => "ä".repeat(bytes / 2);
const entries = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`n${i}`, i]));
const several = (count: number, bytes: number): Headers =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${i}`.padEnd(4), Buffer.alloc(bytes)]));
const texts = (bytes: number) => ({ a: text(bytes / 2), b: text(bytes / 2) });

interface Case {
  readonly topic: AnyTopic;
  readonly value: object;
  readonly key?: string;
  readonly headers?: Headers;
}
const request = (value: object, rest: object = {}): Case => {
  const whole = { decisionId: "d", useCase: "shop", unit: "u", context: {}, deferred: false, ...value };
  return { topic: decisionRequests, value: whole, ...rest };
};
const observation = (value: object, rest: object = {}): Case => {
  return { topic: observations, value: { decisionId: "d", observationId: "o", values: {}, ...value }, ...rest };
};
const event = (value: object, rest: object = {}): Case => {
  return { topic: events, value: { kind: "scan", attributes: {}, ...value }, ...rest };
};

/** At the limit, past it, and what is said then. */
const cases: readonly (readonly [string, at: Case, past: Case, problem: string])[] = [
  [
    "a decision id",
    request({ decisionId: text(idBytes) }),
    request({ decisionId: text(idBytes + 2) }),
    "decisionId has 514 bytes; at most 512",
  ],
  ["a unit", request({ unit: text(idBytes) }), request({ unit: text(idBytes + 2) }), "unit has 514 bytes"],
  [
    "a use case",
    request({ useCase: text(nameBytes) }),
    request({ useCase: text(nameBytes + 2) }),
    "useCase has 1026 bytes",
  ],
  [
    "a context's name",
    request({ context: { [text(nameBytes)]: 1 } }),
    request({ context: { [text(nameBytes + 2)]: 1 } }),
    "a name in context has 1026 bytes",
  ],
  [
    "a context's text",
    request({ context: { page: text(textBytes) } }),
    request({ context: { page: text(textBytes + 2) } }),
    "context.page has 262146 bytes",
  ],
  [
    "a context's entries",
    request({ context: entries(mapEntries) }),
    request({ context: entries(mapEntries + 1) }),
    "context has 4097 entries; at most 4096",
  ],
  [
    "candidates",
    request({ candidates: options(recordLimits.candidates) }),
    request({ candidates: options(recordLimits.candidates + 1) }),
    "candidates has 501 options; at most 500",
  ],
  [
    "a candidate's id",
    request(candidate(text(idBytes))),
    request(candidate(text(idBytes + 2))),
    "candidates[1].optionId has 514 bytes; at most 512",
  ],
  [
    "a name in a candidate's context",
    request(candidate("b", { [text(nameBytes)]: 1 })),
    request(candidate("b", { [text(nameBytes + 2)]: 1 })),
    'candidates[1] ("b"): a name in context has 1026 bytes',
  ],
  [
    "a text in a candidate's context",
    request(candidate("b", { title: text(textBytes) })),
    request(candidate("b", { title: text(textBytes + 2) })),
    'candidates[1] ("b"): context.title has 262146 bytes',
  ],
  [
    "the entries of a candidate's context",
    request(candidate("b", entries(mapEntries))),
    request(candidate("b", entries(mapEntries + 1))),
    'candidates[1] ("b"): context has 4097 entries; at most 4096',
  ],
  [
    "a request",
    request({ context: texts(valueBytes - 200) }),
    request({ context: texts(valueBytes) }),
    "the whole value has",
  ],
  [
    "a request's key",
    request({}, { key: text(keyBytes) }),
    request({}, { key: text(keyBytes + 2) }),
    "the record's key has 1026 bytes",
  ],
  [
    "a request's headers",
    request({}, { headers: several(headers, 300) }),
    request({}, { headers: several(headers + 1, 300) }),
    "the record has 101 headers; at most 100",
  ],
  [
    "a header",
    request({}, { headers: several(1, headerBytes - 4) }),
    request({}, { headers: several(1, 70_000) }),
    "the headers have 70004 bytes; at most 32768",
  ],
  [
    "an observed decision id",
    observation({ decisionId: text(idBytes) }),
    observation({ decisionId: text(idBytes + 2) }),
    "decisionId has 514",
  ],
  [
    "an observation id",
    observation({ observationId: text(idBytes) }),
    observation({ observationId: text(idBytes + 2) }),
    "observationId has 514",
  ],
  [
    "an observed option",
    observation({ optionId: text(idBytes) }),
    observation({ optionId: text(idBytes + 2) }),
    "optionId has 514",
  ],
  [
    "an observed text",
    observation({ values: { note: text(textBytes) } }),
    observation({ values: { note: text(textBytes + 2) } }),
    "values.note has",
  ],
  [
    "observed values",
    observation({ values: entries(mapEntries) }),
    observation({ values: entries(mapEntries + 1) }),
    "values has 4097",
  ],
  [
    "an observation's headers",
    observation({}, { headers: several(1, 100) }),
    observation({}, { headers: several(10_000, 1) }),
    "the record has 10000 headers",
  ],
  ["an event's kind", event({ kind: text(nameBytes) }), event({ kind: text(nameBytes + 2) }), "kind has 1026"],
  [
    "an attribute",
    event({ attributes: { note: text(textBytes) } }),
    event({ attributes: { note: text(textBytes + 2) } }),
    "attributes.note has",
  ],
  [
    "attributes",
    event({ attributes: entries(mapEntries) }),
    event({ attributes: entries(mapEntries + 1) }),
    "attributes has 4097",
  ],
  [
    "an event",
    event({ attributes: texts(valueBytes - 200) }),
    event({ attributes: texts(valueBytes) }),
    "the whole value has",
  ],
];

const send = ({ topic, value, key = "key", headers = {} }: Case) =>
  driver.input(topic).send({ key, value: value as never, time: 1, headers });

test.each(cases)(
  "%s at its limit is taken; past it the record is a dead letter that names the field",
  async (_, at, past, problem) => {
    await send({ key: "at", ...at });
    expect(seen).toEqual([0]);
    expect(driver.deadLetters()).toEqual([]);
    await send({ key: "past", ...past });
    await send({ ...at, key: "next" });
    expect(seen).toEqual([0, 2]);
    const { name } = past.topic;
    expect(driver.deadLetters()).toMatchObject([{ topic: name, offset: 1, operator: "reader", code: "OVER_LIMIT" }]);
    expect(driver.deadLetters()[0]!.message).toContain(problem);
  },
);

test.each([
  ["a request without a decision id", request({ decisionId: "" }), "decisionId is empty"],
  ["a candidate without an id", request(candidate("")), "candidates[1].optionId is empty: name the option"],
  ["an observation without a decision id", observation({ decisionId: "" }), "decisionId is empty"],
])("%s is a dead letter", async (_, bad, problem) => {
  await send(bad);
  expect(driver.deadLetters().map(({ code, message }) => [code, message])).toEqual([
    ["OVER_LIMIT", expect.stringContaining(problem)],
  ]);
});
