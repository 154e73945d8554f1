import avro from "avsc";
import { describe, expect, test } from "vitest";
import { defineTopic, Serdes } from "../../streams/index.ts";
import { createMemoryRegistry } from "../../streams/registry/memory-registry.ts";

const schemaOf = (items: string) => ({
  type: "record",
  name: "Embedded",
  fields: [
    { name: "id", type: "string" },
    { name: "vector", type: { type: "array", items } },
    { name: "optional", type: ["null", { type: "array", items: "float" }], default: null },
    { name: "counts", type: { type: "array", items: "int" } },
  ],
});
const schema = schemaOf("float");
interface Embedded {
  readonly id: string;
  readonly vector: Float32Array | readonly number[];
  readonly optional: readonly number[] | null;
  readonly counts: readonly number[];
}
const vectors = defineTopic<Embedded>({ name: "embedded", schema, floatVectors: true });
const arrays = defineTopic<Embedded>({ name: "embedded", schema });
const special = [0, -0, 1.5, -2.25, NaN, Infinity, -Infinity, 1e-45, 3.4028234663852886e38];

describe("arrays of floats as Float32Arrays", () => {
  test.each([0, 1, 9, 50, 20_000])("%i floats have the bytes of an Avro array and come back", (length) => {
    const numbers = Array.from({ length }, (_, at) => Math.fround(special[at % special.length]! * (1 + (at % 7))));
    const value = { id: "x", vector: Float32Array.from(numbers), optional: [1, 2], counts: [3] };
    const bytes = vectors.type.toBuffer(value);
    expect(bytes).toEqual(arrays.type.toBuffer({ ...value, vector: numbers }));
    const read = vectors.type.fromBuffer(bytes) as Embedded;
    expect(read.vector).toBeInstanceOf(Float32Array);
    expect([...read.vector]).toEqual(numbers);
    expect(read.optional).toEqual([1, 2]);
    expect(read.counts).toEqual([3]);
  });

  test("numbers are written too, other things name their field", async () => {
    const serdes = new Serdes(createMemoryRegistry());
    await serdes.open(vectors);
    const value = { id: "x", vector: [1, 2, 3], optional: null, counts: [] };
    const read = serdes.decode(vectors, serdes.encode(vectors, value));
    expect(read.vector).toEqual(Float32Array.of(1, 2, 3));
    expect(() => serdes.encode(vectors, { ...value, vector: "none" as never })).toThrow('vector is "none"');
    expect(() => serdes.encode(vectors, { ...value, vector: [1, "b"] as never })).toThrow('vector.1 is "b"');
  });

  test("a vector stays what it was when many more are read", () => {
    const bytes = vectors.type.toBuffer({ id: "x", vector: [1, 2, 3], optional: null, counts: [] });
    const other = vectors.type.toBuffer({ id: "x", vector: [4, 5, 6], optional: null, counts: [] });
    const first = vectors.type.fromBuffer(bytes) as Embedded;
    for (let i = 0; i < 50_000; i++) vectors.type.fromBuffer(other);
    expect(first.vector).toEqual(Float32Array.of(1, 2, 3));
  });

  test("several blocks, with and without their size, are one vector", () => {
    const long = avro.Type.forSchema("long");
    const block = (count: number, ...values: number[]): Buffer => {
      const size = count < 0 ? [long.toBuffer(values.length * 4)] : [];
      return Buffer.concat([long.toBuffer(count), ...size, Buffer.from(Float32Array.from(values).buffer)]);
    };
    const schema = { type: "array", items: "float" };
    const { type } = defineTopic({ name: "v", schema, floatVectors: true });
    const bytes = Buffer.concat([block(2, 1, 2), block(-3, 3, 4, 5), block(1, 6), Buffer.of(0)]);
    expect(type.fromBuffer(bytes)).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
  });

  test.each([
    ["double", "can't be read as embedded"],
    ["int", undefined],
  ])("what was written with items of %s", async (items, refused) => {
    const registry = createMemoryRegistry();
    const before = new Serdes(registry, "before-");
    const old = defineTopic<Embedded>({ name: "embedded", schema: schemaOf(items) });
    await before.open(old);
    const bytes = before.encode(old, { id: "x", vector: [1, 2, 3], optional: null, counts: [] });
    const serdes = new Serdes(registry);
    await serdes.open(vectors);
    await serdes.learn(bytes);
    const read = (): unknown => serdes.decode(vectors, bytes).vector;
    if (refused === undefined) expect(read()).toEqual(Float32Array.of(1, 2, 3));
    else expect(read).toThrow(refused);
  });

  test("a schema with one more field is resolved to vectors", async () => {
    const registry = createMemoryRegistry();
    const before = new Serdes(registry, "before-");
    const more = { ...schema, fields: [...schema.fields, { name: "more", type: "string" }] };
    const old = defineTopic<Embedded & { readonly more: string }>({ name: "embedded", schema: more });
    await before.open(old);
    const bytes = before.encode(old, { id: "x", vector: [1, 2, 3], optional: null, counts: [], more: "?" });
    const serdes = new Serdes(registry);
    await serdes.learn(bytes);
    const read = serdes.decode(vectors, bytes);
    expect(read.vector).toEqual(Float32Array.of(1, 2, 3));
  });

  test("bytes that end early, or announce more than there is, are undecodable", async () => {
    const serdes = new Serdes(createMemoryRegistry());
    await serdes.open(vectors);
    const bytes = serdes.encode(vectors, { id: "x", vector: [1, 2, 3], optional: null, counts: [] });
    for (let length = 5; length < bytes.length; length++) {
      expect(() => serdes.decode(vectors, bytes.subarray(0, length))).toThrow("truncated");
    }
    const many = Buffer.from(bytes);
    many[7] = 0x7e;
    expect(() => serdes.decode(vectors, many)).toThrow("truncated");
  });
});
