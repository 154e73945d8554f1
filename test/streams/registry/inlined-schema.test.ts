import avro from "avsc";
import { expect, test } from "vitest";
import { inlined } from "../../../streams/registry/inlined-schema.ts";
import type { AvroSchema } from "../../../streams/index.ts";

const colour = { type: "enum", name: "Colour", symbols: ["RED", "BLUE"] };
const money = {
  type: "record",
  name: "Money",
  namespace: "a.b",
  fields: [
    { name: "amount", type: "long" },
    { name: "colour", type: "Colour" },
  ],
};
const schemas = (...types: readonly object[]): Map<string, AvroSchema> =>
  new Map(types.map((type) => [fullNameOf(type as never), type as unknown as AvroSchema]));
const fullNameOf = ({ name, namespace }: { name: string; namespace?: string }): string =>
  namespace === undefined ? name : `${namespace}.${name}`;

test("a type stands where it is named first, and only there", () => {
  const outer = {
    type: "record",
    name: "Order",
    namespace: "a.b",
    fields: [
      { name: "price", type: "Money" },
      { name: "tips", type: { type: "array", items: ["null", "a.b.Money"] } },
      { name: "byName", type: { type: "map", values: { type: "Money" } } },
    ],
  };
  const made = inlined(outer as never, schemas({ ...colour, namespace: "a.b" }, money)) as never;
  const type = avro.Type.forSchema(made);
  const price = { amount: 3, colour: "BLUE" };
  const order = { price, tips: [null, price], byName: { a: price } };
  expect(JSON.parse(JSON.stringify(type.fromBuffer(type.toBuffer(order))))).toEqual(order);
  expect(JSON.stringify(made).match(/"amount"/g)).toHaveLength(1);
});

test("a type without a namespace keeps none inside one that has one", () => {
  const outer = {
    type: "record",
    name: "Order",
    namespace: "a.b",
    fields: [{ name: "money", type: ["null", "a.b.Money"] }],
  };
  const named = { ...money, fields: [{ name: "colour", type: ".Colour" }] };
  const plain = { ...money, fields: [{ name: "colour", type: "a.b.Colour" }] };
  expect(JSON.stringify(inlined(outer as never, schemas(colour, plain)))).toContain('"a.b.Colour"');
  expect(() => avro.Type.forSchema(inlined(outer as never, schemas(named)) as never)).toThrow();
  const bare = { type: "record", name: "Order", fields: [{ name: "colour", type: "Colour" }] };
  const type = avro.Type.forSchema(inlined(bare as never, schemas(colour)) as never);
  expect(type.toBuffer({ colour: "BLUE" })).toEqual(Buffer.of(2));
});

test("types that name each other end", () => {
  const a = { type: "record", name: "A", fields: [{ name: "b", type: ["null", "B"], default: null }] };
  const b = { type: "record", name: "B", fields: [{ name: "a", type: ["null", "A"], default: null }] };
  const type = avro.Type.forSchema(inlined(a as never, schemas(a, b)) as never);
  expect(type.toBuffer({ b: { B: { a: null } } })).toEqual(Buffer.of(2, 0));
});

test("types too deep inside each other are refused", () => {
  let deep: unknown = "string";
  for (let depth = 0; depth < 2_000; depth++) deep = { type: "array", items: deep };
  expect(() => inlined(deep as never, new Map())).toThrow("inside each other");
});
