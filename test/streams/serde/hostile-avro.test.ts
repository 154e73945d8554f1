import avro from "avsc";
import { beforeEach, describe, expect, test } from "vitest";
import { decisions, topics } from "../../../schemas/index.ts";
import { defineTopic, Serdes, StreamsError, streamsLimits, type AnyTopic } from "../../../streams/index.ts";
import { createMemoryRegistry } from "../../../streams/registry/memory-registry.ts";
import type { AvroSchema, SchemaRegistry } from "../../../streams/registry/registry.ts";
import { random } from "../../blueprints/random.ts";

let registry: SchemaRegistry;
let serdes: Serdes;
beforeEach(() => {
  registry = createMemoryRegistry();
  serdes = new Serdes(registry);
});

const framed = (id: number, body: Uint8Array): Buffer => Buffer.concat([Buffer.from([0, 0, 0, 0, id]), body]);
const record = (fields: readonly object[], name = "R"): AvroSchema => ({ type: "record", name, fields });
/** 2^40 and 2^52 as counts. */
const huge = [
  Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]),
  Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x10]),
];

/** As it is decoded where another producer registered `writer`; the code of the error where it can't be. */
async function decoded(reader: AnyTopic, writer: AvroSchema, body: Uint8Array): Promise<unknown> {
  const id = await registry.register(`foreign-${Math.trunc(serial++)}`, writer, "NONE");
  const bytes = framed(id, body);
  await serdes.learn(bytes);
  try {
    return serdes.decode(reader, bytes) as unknown;
  } catch (error) {
    if (!(error instanceof StreamsError)) throw error;
    return error.code;
  }
}
let serial = 0;

const own = record([
  { name: "texts", type: { type: "array", items: "string" }, default: [] },
  { name: "values", type: { type: "map", values: ["null", "double"] }, default: {} },
  { name: "maybe", type: ["null", { type: "array", items: "float" }], default: null },
]);
const topic = defineTopic<unknown>({ name: "own", schema: own });

describe("a count that no record can hold is refused at once", () => {
  test.each(huge)("by a topic's own type", async (count) => {
    await serdes.open(topic);
    for (const body of [
      Buffer.concat([count, Buffer.from([2, 97])]),
      Buffer.concat([Buffer.from([0]), count, Buffer.from([2, 97, 0])]),
      Buffer.concat([Buffer.from([0, 0, 2]), count]),
    ]) {
      const bytes = framed(1, body);
      expect(() => serdes.decode(topic, bytes)).toThrow(expect.objectContaining({ code: "UNDECODABLE" }) as Error);
    }
  });

  test.each(huge)("in what another schema wrote, read or passed over", async (count) => {
    const more = [...(own as { fields: object[] }).fields, { name: "more", type: { type: "array", items: "int" } }];
    const body = Buffer.concat([Buffer.from([0, 0, 0]), count, Buffer.from([2])]);
    expect(await decoded(topic, record(more), body)).toBe("UNDECODABLE");
    expect(
      await decoded(topic, record(more.slice(3).concat(more.slice(0, 3))), Buffer.concat([count, Buffer.from([2])])),
    ).toBe("UNDECODABLE");
  });
});

test.each([
  ["a short one", [0xff]],
  ["a surrogate", [0xed, 0xa0, 0x80]],
  ["a long one", [...Array<number>(300).fill(97), 0xc3]],
])("a text that is not UTF-8 is refused by a topic's own type, not changed: %s", async (_name, text) => {
  await serdes.open(topic);
  const length = text.length < 64 ? [2 * text.length] : [((2 * text.length) % 128) | 128, text.length >> 6];
  const body = (bytes: readonly number[]): Buffer => Buffer.from([2, ...length, ...bytes, 0, 0, 0]);
  expect(serdes.decode(topic, framed(1, body(text.map(() => 97))))).toMatchObject({ texts: ["a".repeat(text.length)] });
  expect(() => serdes.decode(topic, framed(1, body(text)))).toThrow(
    expect.objectContaining({ code: "UNDECODABLE" }) as Error,
  );
  const inMap = Buffer.from([0, 2, ...length, ...text, 0, 0, 0]);
  expect(() => serdes.decode(topic, framed(1, inMap))).toThrow(
    expect.objectContaining({ code: "UNDECODABLE" }) as Error,
  );
});

test("any text comes back as it was written", async () => {
  await serdes.open(topic);
  const texts = [
    "",
    "a",
    "\u0000",
    "\u007f",
    "ä",
    "東京",
    "😀",
    "\ufffd",
    "x".repeat(127),
    "x".repeat(128),
    "é".repeat(5_000),
  ];
  const value = { texts, values: Object.fromEntries(texts.map((text) => [text, 1])), maybe: null };
  expect(serdes.decode(topic, serdes.encode(topic, value))).toEqual(value);
});

describe("a schema of which few bytes stand for many values is refused", () => {
  const items = (type: unknown): AvroSchema => record([{ name: "texts", type: { type: "array", items: type } }]);
  test.each([
    ["an array of null", items("null")],
    ["an array of empty records", items({ type: "record", name: "Empty", fields: [] })],
    ["an array of fixed of no bytes", items({ type: "fixed", name: "None", size: 0 })],
    ["an array of records of nulls", items(record([{ name: "n", type: "null" }], "Nulls"))],
    ["a record that holds itself", record([{ name: "self", type: "R" }])],
    ["records that double, forty times over", doubling(40)],
    ["a thousand nulls", record(Array.from({ length: 1_000 }, (_, at) => ({ name: `n${at}`, type: "null" })))],
  ])("%s", async (_name, writer) => {
    expect(await decoded(topic, writer, Buffer.from([0x80, 0x80, 0x80, 0x01, 0]))).toBe("UNSUPPORTED_SCHEMA");
  });

  test("records that hold each other through unions are fine", async () => {
    const list = record([{ name: "next", type: ["null", "R"] }]);
    expect(await decoded(defineTopic({ name: "list", schema: list }), list, Buffer.from([2, 2, 0]))).toEqual({
      next: { next: { next: null } },
    });
  });
});

function doubling(times: number): AvroSchema {
  let type: unknown = "null";
  for (let at = 0; at < times; at++) {
    type = {
      type: "record",
      name: `R${at}`,
      fields: [
        { name: "a", type },
        { name: "b", type: at === 0 ? "null" : `R${at - 1}` },
      ],
    };
  }
  return type as AvroSchema;
}

test("records within each other are read to a stated depth", async () => {
  const list = record([{ name: "next", type: ["null", "R"] }]);
  const reader = defineTopic({ name: "list", schema: list });
  for (const depth of [streamsLimits.avroDepth, 900_000]) {
    expect(await decoded(reader, list, Buffer.concat([Buffer.alloc(depth, 2), Buffer.from([0])]))).toBe("UNDECODABLE");
  }
});

describe("what another schema wrote is refused where", () => {
  const writer = record([
    { name: "texts", type: { type: "array", items: "string" } },
    { name: "kind", type: { type: "enum", name: "Kind", symbols: ["A", "B"] } },
    { name: "raw", type: "bytes" },
    { name: "two", type: { type: "fixed", name: "Two", size: 2 } },
  ]);
  const good = [2, 2, 97, 0, 2, 2, 7, 1, 2];
  test("nothing is wrong, it is read", async () => {
    expect(await decoded(topic, writer, Buffer.from(good))).toEqual({ texts: ["a"], values: {}, maybe: null });
  });
  test.each([
    ["a text is not UTF-8", [2, 2, 0xff, 0, 2, 2, 7, 1, 2]],
    ["a text has a negative length", [2, 1, 97, 0, 2, 2, 7, 1, 2]],
    ["bytes have a negative length", [2, 2, 97, 0, 2, 3, 7, 1, 2]],
    ["an enum has no such symbol", [2, 2, 97, 0, 4, 2, 7, 1, 2]],
    ["an enum has a negative symbol", [2, 2, 97, 0, 1, 2, 7, 1, 2]],
    ["a block lies about its bytes", [1, 8, 2, 97, 0, 2, 2, 7, 1, 2]],
    ["a block has a negative number of bytes", [1, 3, 2, 97, 0, 2, 2, 7, 1, 2]],
    ["it is cut off", good.slice(0, -1)],
    ["there is more", [...good, 0]],
    ["a number never ends", Array<number>(40).fill(0x80)],
  ])("%s", async (_name, body) => {
    expect(await decoded(topic, writer, Buffer.from(body))).toBe("UNDECODABLE");
  });
});

test("whatever is done to the bytes of any topic, reading them ends, by its own schema and by another", async () => {
  const next = random(7);
  for (const each of topics) {
    await serdes.open(each);
    const sample = each.type as unknown as { random(): unknown };
    const other = { ...(each.schema as object), name: "Foreign", namespace: "elsewhere" } as AvroSchema;
    for (let at = 0; at < 40; at++) {
      const body = Buffer.from(each.type.toBuffer(sample.random()));
      for (let flips = 1 + Math.floor(next() * 6); flips > 0 && body.length > 0; flips--) {
        body[Math.floor(next() * body.length)] = next() < 0.5 ? 0xff : Math.floor(next() * 256);
      }
      for (const writer of [each.schema, other]) await decoded(each, writer, body);
    }
  }
});

test("bytes that another schema wrote are checked against it, and good ones pass", async () => {
  const other = { ...(decisions.schema as object), doc: "as another release wrote it" } as AvroSchema;
  const type = avro.Type.forSchema(other as avro.Schema) as unknown as {
    random(): unknown;
    toBuffer(value: unknown): Buffer;
  };
  for (let at = 0; at < 100; at++)
    expect(await decoded(decisions, other, type.toBuffer(type.random()))).toBeTypeOf("object");
});
