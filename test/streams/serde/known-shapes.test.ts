import avro from "avsc";
import { describe, expect, test } from "vitest";
import { entryCount } from "../../../streams/index.ts";
import { boundedTypes } from "../../../streams/serde/bounded-types.ts";

type Values = Readonly<Record<string, null | boolean | number | string>>;

const schema = { type: "map", values: ["null", "boolean", "double", "string"] } as const;
const typed = () => avro.Type.forSchema(schema as never, { typeHook: boundedTypes as never });
/** Avro's own reader, which learns nothing. */
const plain = avro.Type.forSchema(schema as never);

const named = (names: readonly string[], of = (at: number): Values[string] => at / 3): Values => {
  const values: Record<string, Values[string]> = {};
  for (const [at, name] of names.entries()) {
    Object.defineProperty(values, name, { value: of(at), enumerable: true, writable: true, configurable: true });
  }
  return values;
};
const numbered = (count: number, prefix = "x"): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`);

/** A type that has met these names often. */
function learnt(...met: readonly (readonly string[])[]) {
  const type = typed();
  for (let times = 0; times < 100; times++) for (const names of met) type.fromBuffer(plain.toBuffer(named(names)));
  return type;
}

describe("a map whose names have often come is read as any other", () => {
  const names = numbered(20);

  test("with values of all types", () => {
    const kinds = [null, true, -0.5, "", "text", "ß", Number.NaN];
    const values = named(names, (at) => kinds[at % kinds.length]!);
    const read = learnt(names).fromBuffer(plain.toBuffer(values)) as Values;
    expect(read).toStrictEqual(values);
    expect(Object.keys(read)).toEqual(names);
    expect(entryCount(read)).toBe(20);
  });

  test.each([
    ["one name less", names.slice(1)],
    ["one name more", [...names, "more"]],
    ["another order", [...names].reverse()],
    ["another last name", [...names.slice(0, -1), "other"]],
    ["a longer last name", [...names.slice(0, -1), "x19 "]],
  ])("but with %s", (_, other) => {
    expect(learnt(names).fromBuffer(plain.toBuffer(named(other)))).toStrictEqual(named(other));
  });

  test("in two blocks, of which the first has these names", () => {
    const bytes = Buffer.concat([plain.toBuffer(named(names)).subarray(0, -1), plain.toBuffer(named(["more"]))]);
    expect(learnt(names).fromBuffer(bytes)).toStrictEqual({ ...named(names), more: 0 });
  });

  test("in a block that names its bytes", () => {
    const [count, ...entries] = plain.toBuffer(named(names));
    expect(count).toBe(2 * 20);
    const bytes = Buffer.from([2 * 20 - 1, ...long(entries.length - 1), ...entries]);
    expect(learnt(names).fromBuffer(bytes)).toStrictEqual(named(names));
  });

  test("with a name that is written twice: the last one counts", () => {
    const twice = Buffer.from(plain.toBuffer(named(names)));
    twice.write("x1", twice.indexOf("x0"));
    const { x0: _, ...rest } = named(names);
    expect(learnt(names).fromBuffer(twice)).toStrictEqual(rest);
  });

  test("and cut anywhere it is refused", () => {
    const type = learnt(names);
    const bytes = plain.toBuffer(named(names));
    for (let at = 0; at < bytes.length; at++) expect(() => type.fromBuffer(bytes.subarray(0, at)) as unknown).toThrow();
  });
});

test("many sets of names, in turn", () => {
  const sets = Array.from({ length: 40 }, (_, at) => numbered(10 + (at % 4), `set ${at} `));
  const type = learnt(...sets);
  for (const names of sets) expect(type.fromBuffer(plain.toBuffer(named(names)))).toStrictEqual(named(names));
});

test("names that JavaScript has a meaning for are ordinary names", () => {
  const names = [
    "__proto__",
    "constructor",
    "toString",
    "7",
    "007",
    'quote"s',
    "back\\slash",
    "\u2028",
    "",
    "a b",
    "ß",
  ];
  const read = learnt(names).fromBuffer(plain.toBuffer(named(names))) as Values;
  expect(Object.keys(read).sort()).toEqual([...names].sort());
  for (const [at, name] of names.entries()) expect(Object.getOwnPropertyDescriptor(read, name)?.value).toBe(at / 3);
  const others = names.slice(1);
  const shaped = learnt(others).fromBuffer(plain.toBuffer(named(others))) as Values;
  expect(shaped).toStrictEqual(named(others));
});

/** Avro's form of a small positive number. */
function long(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = 2 * value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}
