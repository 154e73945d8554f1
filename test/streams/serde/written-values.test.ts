import avro from "avsc";
import { describe, expect, test } from "vitest";
import { boundedTypes } from "../../../streams/serde/bounded-types.ts";
import { Slab } from "../../../streams/serde/slab.ts";

const typed = (schema: object | string): avro.Type =>
  avro.Type.forSchema(schema as never, { typeHook: boundedTypes as never });
/** Avro's own writer. */
const plain = (schema: object | string): avro.Type => avro.Type.forSchema(schema as never);

const UNIONS = [
  ["null", "boolean", "double", "string"],
  ["string", "null", "double"],
  ["double", "string"],
] as const;
const VALUES = [null, true, false, 0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "", "text", "ß✓", "x".repeat(300)];

describe("values are written as Avro writes them", () => {
  test.each(UNIONS)("in a union of %s, %s, …", (...branches) => {
    const schema = { type: "array", items: branches };
    const fitting = VALUES.filter((value) => plain(branches as never).isValid(value));
    expect(typed(schema).toBuffer(fitting)).toEqual(plain(schema).toBuffer(fitting));
    for (const value of [...VALUES, [], {}].filter((one) => !fitting.includes(one as never))) {
      expect(() => typed(schema).toBuffer([value])).toThrow("invalid");
    }
  });

  test("in a map, whatever its names", () => {
    const schema = { type: "map", values: UNIONS[0] };
    const names = ["a", "", "ß", "constructor", "12", "x".repeat(63), "x".repeat(64), "ß".repeat(40), "__proto__"];
    // Half a character, which no reader takes: a reader is to find it as before.
    names.push("\ud800", "a\udc00b", "🐎");
    const map = Object.create(null) as Record<string, unknown>;
    for (const [at, name] of names.entries()) map[name] = VALUES[at % VALUES.length];
    for (const value of [map, {}, { one: 1 }])
      expect(typed(schema).toBuffer(value)).toEqual(plain(schema).toBuffer(value));
    for (const value of [null, [], "text", 5]) expect(() => typed(schema).toBuffer(value)).toThrow("invalid");
  });

  test("with less room than they need, after which there is enough", () => {
    const schema = { type: "map", values: UNIONS[0] };
    const value = Object.fromEntries(VALUES.map((one, at) => [`name${at}`, one]));
    const whole = plain(schema).toBuffer(value);
    for (let room = 0; room < whole.length; room++)
      expect(typed(schema).encode(value, Buffer.alloc(room), 0)).toBeLessThan(0);
    expect(typed(schema).encode(value, Buffer.alloc(whole.length), 0)).toBe(whole.length);
  });
});

test("a slab keeps what was encoded before, whatever its size", () => {
  const slab = new Slab();
  const text = typed("string");
  const texts = Array.from({ length: 400 }, (_, at) => String(at).repeat(1 + ((at * 37) % 400)));
  texts.push("y".repeat(200_000), "z", "");
  const encoded = texts.map((one) => slab.encode(text, one, 3));
  for (const [at, bytes] of encoded.entries()) bytes.fill(at % 256, 0, 3);
  for (const [at, bytes] of encoded.entries()) {
    expect(bytes.subarray(0, 3)).toEqual(Buffer.alloc(3, at % 256));
    expect(text.fromBuffer(bytes.subarray(3))).toBe(texts[at]);
  }
});
