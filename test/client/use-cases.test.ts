import { expect, expectTypeOf, test } from "vitest";
import type { Client, EventAttributes, EventKind } from "../../client/index.ts";

interface Products {
  reminders: {
    context: { plan: "free" | "paid"; unread?: number };
    value: boolean;
    observations: { kind: "opened"; minutes?: number };
    events: { opened: { minutes: number }; closed: { minutes?: number; plan: string } };
  };
  prices: { context: { amount: number }; value: number; observations: { bought: boolean } };
}

/** Never called: the type checker is what is asked. */
export function refused(client: Client<Products>, any: Client): readonly Promise<unknown>[] {
  const unit = "u";
  return [
    client.getDecision("reminders", { unit, context: { plan: "free", unread: 3 } }),
    // @ts-expect-error a misspelt entry of the context
    client.getDecision("reminders", { unit, context: { plan: "free", unreed: 3 } }),
    // @ts-expect-error an entry that is missing
    client.getDecision("reminders", { unit, context: {} }),
    // @ts-expect-error a use case that is not there
    client.getDecision("remindrs", { unit, context: { plan: "free" } }),
    client.logObservations("d", { kind: "opened", minutes: 3 }),
    // @ts-expect-error a misspelt field
    client.logObservations("d", { kind: "opened", minuts: 3 }),
    client.logObservations("d", { bought: true }, { useCase: "prices" }),
    // @ts-expect-error an observation of another use case
    client.logObservations("d", { kind: "opened" }, { useCase: "prices" }),
    // @ts-expect-error a use case that is not there
    client.logObservations("d", { bought: true }, { useCase: "price" }),
    // @ts-expect-error a kind that no observation has
    client.logObservations("d", { kind: "opend" }),
    client.logEvent("opened", { minutes: 3 }),
    // @ts-expect-error a misspelt kind
    client.logEvent("opend", { minutes: 3 }),
    // @ts-expect-error a misspelt attribute
    client.logEvent("opened", { minuts: 3 }),
    // @ts-expect-error an attribute of another kind
    client.logEvent("opened", { minutes: 3, plan: "free" }),
    any.getDecision("whatever", { unit, context: { whatever: 1 } }),
    any.logEvent("whatever", { whatever: 1 }),
    any.logObservations("d", { whatever: 1 }, { useCase: String(unit) }),
  ];
}

test("the client's types know the kinds of events, and their attributes, of all use cases that say them", () => {
  expectTypeOf<EventKind<Products>>().toEqualTypeOf<"opened" | "closed">();
  expectTypeOf<EventAttributes<Products, "opened">>().toEqualTypeOf<{ minutes: number }>();
  expectTypeOf<EventKind<Pick<Products, "prices">>>().toEqualTypeOf<string>();
  expect(refused).toBeTypeOf("function");
});
