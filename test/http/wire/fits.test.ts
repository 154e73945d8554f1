import { describe, expect, test } from "vitest";
import { askedDecision, askedDecisions } from "../../../http/wire/decision.ts";
import { event, events } from "../../../http/wire/event.ts";
import { fitsOf } from "../../../http/wire/fits.ts";
import { observation, observations } from "../../../http/wire/observation.ts";

const context = { days: 1.5, plan: "free", member: true, seen: null, tags: ["a", 2, null, false], none: [] };
const asked = { useCase: "tips", unit: "anna", context };
const candidates = [{ optionId: "f1", context }, { optionId: "f2" }];
const full = { ...asked, candidates, decisionId: "d", deferred: true, time: 5, source: "history", timeoutMs: 1 };
const values = { kind: "opened", amount: -2.5, late: false, why: null };
const observed = { values, observationId: "o", optionId: "f1", useCase: "tips", time: 0, source: "history" };
const told = { kind: "visit", attributes: values, key: "", time: 1 };

const bodies = [
  ["a decision", askedDecision, full],
  ["decisions", askedDecisions, { decisions: [asked, full] }],
  ["an observation", observation, observed],
  ["observations", observations, { observations: [{ ...observed, decisionId: "d" }] }],
  ["an event", event, told],
  ["events", events, { events: [told, { kind: "visit", attributes: {} }] }],
] as const;

/** What JSON may hold in the place of anything, right or wrong. */
const others = [
  ...[undefined, null, true, 0, -1, 1.5, 1e16, Infinity, 10_000, 1e9, "", "a", "\ud800", {}, [], [[]], { a: 1 }],
  ...[[1, { a: 1 }], { a: "\ud800" }, { "\ud800": 1 }, { a: Infinity }, { a: {} }, { a: [1, []] }, { a: ["\ud800"] }],
  Array.from({ length: 1_001 }, () => asked),
  Array.from({ length: 501 }, (_, i) => ({ optionId: `f${i}` })),
  Array.from({ length: 500 }, (_, i) => ({ optionId: `f${i}` })),
];

/** The value with each part of it left out, in turn, and with each other value in its place. */
function* changed(value: unknown): Generator {
  yield* others;
  if (typeof value !== "object" || value === null) return;
  const entries = Object.entries(value);
  for (const [at, [name, part]] of entries.entries()) {
    yield Array.isArray(value) ? value.toSpliced(at, 1) : Object.fromEntries(entries.toSpliced(at, 1));
    for (const other of changed(part)) yield Array.isArray(value) ? value.with(at, other) : { ...value, [name]: other };
  }
  if (!Array.isArray(value)) for (const other of others) yield { ...value, more: other };
}

describe.each(bodies)("the body of %s", (_, schema, body) => {
  const fits = fitsOf(schema)!;

  test("fits beyond doubt, as products send it", () => {
    expect(fits(body)).toBe(true);
  });

  test("is taken by its schema as it is, whenever it fits; and is otherwise left to the schema", () => {
    let [taken, refused] = [0, 0];
    for (const one of changed(body)) {
      if (!fits(one)) {
        if (!schema.safeParse(one).success) refused++;
        continue;
      }
      taken++;
      expect(schema.parse(one)).toEqual(one);
    }
    expect(taken).toBeGreaterThan(10);
    expect(refused).toBeGreaterThan(100);
  });
});
