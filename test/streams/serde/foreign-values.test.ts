import avro from "avsc";
import { describe, expect, test } from "vitest";
import { decisionRequests, events, observations } from "../../../schemas/index.ts";
import { defineTopic, Serdes, type AnyTopic, type AvroSchema } from "../../../streams/index.ts";
import { createMemoryRegistry } from "../../../streams/registry/memory-registry.ts";

const digits = (value: bigint, bytes: number): Buffer =>
  Buffer.from(
    BigInt.asUintN(8 * bytes, value)
      .toString(16)
      .padStart(2 * bytes, "0"),
    "hex",
  );
const decimal = (scale: number, type: object = { type: "bytes" }): object => ({
  ...type,
  logicalType: "decimal",
  precision: 30,
  scale,
});
const fixed = { type: "fixed", name: "Money", size: 8 };
const long = (logicalType: string): object => ({ type: "long", logicalType });
/** 2026-03-08T02:30:00.123Z, ms. */
const time = 1_772_937_000_123;
const zigzag = (value: bigint): Buffer => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
};
const sized = (bytes: Buffer): Buffer => Buffer.concat([zigzag(BigInt(bytes.length)), bytes]);

/** How another team's schema writes a value, the bytes of it, and what is read. */
const values: readonly (readonly [string, AvroSchema | object, Buffer, unknown])[] = [
  ["a decimal of bytes", decimal(2), sized(digits(1_250n, 2)), 12.5],
  ["a negative decimal", decimal(2), sized(digits(-1_250n, 2)), -12.5],
  [
    "a decimal that no number holds",
    decimal(2),
    sized(digits(12_345_678_901_234_567_890_123n, 12)),
    "123456789012345678901.23",
  ],
  ["a fixed decimal", decimal(3, fixed), digits(42_000n, 8), 42],
  ["a date", { type: "int", logicalType: "date" }, zigzag(20_520n), "2026-03-08"],
  ["a date before 1970", { type: "int", logicalType: "date" }, zigzag(-1n), "1969-12-31"],
  ["a time of a day in ms", { type: "int", logicalType: "time-millis" }, zigzag(33_300_000n), "09:15:00.000"],
  ["a time of a day in µs", long("time-micros"), zigzag(33_300_000_999n), "09:15:00.000"],
  ["a timestamp in ms", long("timestamp-millis"), zigzag(BigInt(time)), "2026-03-08T02:30:00.123Z"],
  ["a timestamp in µs", long("timestamp-micros"), zigzag(BigInt(time) * 1_000n + 456n), "2026-03-08T02:30:00.123Z"],
  ["a timestamp in ns", long("timestamp-nanos"), zigzag(BigInt(time) * 1_000_000n + 7n), "2026-03-08T02:30:00.123Z"],
  ["a timestamp of no zone", long("local-timestamp-micros"), zigzag(BigInt(time) * 1_000n), "2026-03-08T02:30:00.123"],
  ["a long", "long", zigzag(94_110n), 94_110],
  ["a long that no number holds", "long", zigzag(9_007_199_254_740_993n), "9007199254740993"],
  ["the least long", { type: "long" }, zigzag(-(2n ** 63n)), "-9223372036854775808"],
  ["a UUID", { type: "string", logicalType: "uuid" }, sized(Buffer.from("f81d4fae")), "f81d4fae"],
  ["bytes of no meaning", "bytes", sized(Buffer.from("0042")), "0042"],
  ["a logical type that Avro does not know", { type: "int", logicalType: "week" }, zigzag(7n), 7],
  ["an int", "int", zigzag(-7n), -7],
];

const topics: readonly (readonly [AnyTopic, string])[] = [
  [decisionRequests, "context"],
  [observations, "values"],
  [events, "attributes"],
];

/** The topic's schema with other values in its map, as another team registers it. */
function foreignOf(topic: AnyTopic, field: string, of: unknown): AvroSchema {
  const schema = topic.schema as { readonly fields: readonly { readonly name: string }[] };
  const fields = schema.fields.map((one) => (one.name === field ? { ...one, type: { type: "map", values: of } } : one));
  return { ...(topic.schema as object), fields } as unknown as AvroSchema;
}

async function readAs(topic: AnyTopic, field: string, of: unknown, value: Buffer): Promise<unknown> {
  const registry = createMemoryRegistry();
  const schema = foreignOf(topic, field, of);
  const id = await registry.register("foreign", schema, "NONE");
  // All other fields as an empty map's record has them, and the map with one entry.
  const type = avro.Type.forSchema(foreignOf(topic, field, "null") as avro.Schema);
  const plain = {
    decisionId: "d",
    useCase: "u",
    unit: "x",
    deferred: false,
    logged: null,
    observationId: "",
    optionId: "",
    activation: false,
    kind: "k",
  };
  const [before, after] = ["\u0001", "\u0002"].map((name) =>
    type.toBuffer({ ...plain, [field]: { [name]: null } }),
  ) as [Buffer, Buffer];
  const at = before.findIndex((byte, index) => byte !== after[index]) + 1;
  const head = Buffer.from([0, 0, 0, 0, id]);
  const bytes = Buffer.concat([head, before.subarray(0, at), value, before.subarray(at)]);
  const serdes = new Serdes(registry);
  await serdes.open(topic);
  await serdes.learn(bytes);
  return Object.values((serdes.decode(topic, bytes) as Record<string, object>)[field]!)[0];
}

describe.each(topics)("in $name another team's schema", (topic, field) => {
  test.each(values)("has %s", async (_, of, bytes, read) => {
    expect(await readAs(topic, field, of, bytes)).toEqual(read);
  });
});

test("a value of a union is read by its branch", async () => {
  const union = ["null", decimal(2), "string", long("timestamp-millis"), { type: "int", logicalType: "date" }];
  const read = (branch: number, bytes: Buffer): Promise<unknown> =>
    readAs(observations, "values", union, Buffer.concat([zigzag(BigInt(branch)), bytes]));
  expect(await read(0, Buffer.alloc(0))).toBeNull();
  expect(await read(1, sized(digits(705n, 2)))).toBe(7.05);
  expect(await read(2, sized(Buffer.from("7")))).toBe("7");
  expect(await read(3, zigzag(BigInt(time)))).toBe("2026-03-08T02:30:00.123Z");
  expect(await read(4, zigzag(0n))).toBe("1970-01-01");
});

test("a decimal of more bytes than anybody means is not read", async () => {
  await expect(readAs(events, "attributes", decimal(2), sized(Buffer.alloc(129, 1)))).rejects.toThrow(
    /a decimal of 129 bytes; at most 128/,
  );
});

test("what a schema of ours wrote is read as before", async () => {
  const registry = createMemoryRegistry();
  const serdes = new Serdes(registry);
  await serdes.open(observations);
  const value = {
    decisionId: "d",
    useCase: "u",
    observationId: "",
    optionId: "",
    activation: false,
    values: { a: 2 ** 60, b: "2026-03-08", c: true, d: null, e: 0.1 },
  };
  expect({ ...serdes.decode(observations, serdes.encode(observations, value)) }).toEqual(value);
});

test("as written, a long that no number holds is a bigint", async () => {
  const registry = createMemoryRegistry();
  const schema: AvroSchema = {
    type: "record",
    name: "R",
    fields: [
      { name: "id", type: "long" },
      { name: "n", type: ["null", "long"] },
    ],
  };
  const id = await registry.register("foreign", schema, "NONE");
  const bytes = Buffer.concat([Buffer.from([0, 0, 0, 0, id]), zigzag(9_007_199_254_740_993n), zigzag(1n), zigzag(7n)]);
  const serdes = new Serdes(registry);
  await serdes.learn(bytes);
  expect({ ...(serdes.decodeAsWritten(bytes) as object) }).toEqual({ id: 9_007_199_254_740_993n, n: 7 });
  expect(() => serdes.decode(defineTopic({ name: "r", schema }), bytes)).toThrow(/precision/);
});
