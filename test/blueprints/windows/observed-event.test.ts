import { expect, test } from "vitest";
import { decisionKeys, groupableEntries, observedEvent, parseBlueprint } from "../../../blueprints/index.ts";
import { PARCELS } from "../../operators/parcels.ts";

test("a decision's keys are all its entries that a window can be kept by, whatever the windows of today", () => {
  const names = groupableEntries(parseBlueprint(PARCELS));
  expect(names).toEqual(["carrier", "depot"]);
  const context = { weight: 3, carrier: "air", express: true, depot: "north", other: "text" };
  expect(decisionKeys(names, context)).toEqual({ carrier: "air", depot: "north" });
});

test("a key is what a window takes for one: a number is its digits, what is empty or no key is left out", () => {
  const names = ["a", "b", "c", "d", "constructor"];
  expect(decisionKeys(names, { a: 94110, b: "", c: null, d: 2 ** 60 })).toEqual({ a: "94110" });
});

test("an observation with a kind is an event with its values and its decision's keys", () => {
  const event = observedEvent({ kind: "scan", minutes: 4, lost: false }, { depot: "north" });
  expect(event).toEqual({ kind: "scan", attributes: { depot: "north", minutes: 4, lost: false } });
});

test("what an observation says itself counts before its decision's key, unless it says nothing", () => {
  const keys = { depot: "north", carrier: "air" };
  const event = observedEvent({ kind: "scan", depot: "south", carrier: null, note: null }, keys);
  expect(event?.attributes).toEqual({ depot: "south", carrier: "air", note: null });
});

test("a kind is read as a category is", () => {
  expect(observedEvent({ kind: 3 }, {})?.kind).toBe("3");
});

test.each([{}, { kind: "" }, { kind: null }, { kind: Number.NaN }])("%j is no event", (values) => {
  expect(observedEvent({ ...values, minutes: 1 }, { depot: "north" })).toBeUndefined();
});
