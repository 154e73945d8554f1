import { expect, test } from "vitest";
import { contextTypes, misfits, observationTypes, parseBlueprint } from "../../../blueprints/index.ts";

const blueprint = parseBlueprint(`
useCase: shop
decisionSpace: boolean
context: { price: number, zip: category, member: boolean, user: key }
events: { click: { fields: [amount] } }
features: [price, zip, member]
observations: { bought: boolean }
label: { name: sale, value: bought, wait: 1h, default: 0 }
policy: { decide: sale > 0.5 }
`);
const context = contextTypes(blueprint);
const observation = observationTypes(blueprint);

test("values that fit, and values that are missing, are no misfits", () => {
  expect(misfits(context, { price: "3", zip: 94110, member: "yes", user: 7 })).toEqual([]);
  expect(misfits(context, { price: null, zip: "", member: undefined, user: "" })).toEqual([]);
  expect(misfits(context, {})).toBe(misfits(context, { price: 3, zip: "94110", member: true, user: "u" }));
  expect(misfits(observation, { kind: "click", amount: true, bought: 1 })).toEqual([]);
});

test("an entry that nobody declared is unknown, one that its type can't read is unusable", () => {
  expect(misfits(context, { prize: 3, price: "1,5", member: 2, zip: 2 ** 60, constructor: "x" })).toEqual([
    { name: "prize", problem: "unknown" },
    { name: "price", problem: "unusable" },
    { name: "member", problem: "unusable" },
    { name: "zip", problem: "unusable" },
    { name: "constructor", problem: "unknown" },
  ]);
  expect(misfits(observation, { amount: "much", unreed: 1 })).toEqual([
    { name: "amount", problem: "unusable" },
    { name: "unreed", problem: "unknown" },
  ]);
});
