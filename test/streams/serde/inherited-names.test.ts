import { expect, test } from "vitest";
import { createMemoryRegistry } from "../../../streams/registry/memory-registry.ts";
import { defineTopic, Serdes, type AvroSchema } from "../../../streams/index.ts";

type Row = Readonly<Record<string, number | null>>;

const NAMES = ["constructor", "toString", "valueOf", "hasOwnProperty", "isPrototypeOf", "then", "prototype"];
const rowsOf = (fields: readonly string[]) =>
  defineTopic<Row>({
    name: "rows",
    compatibility: "FULL",
    schema: {
      type: "record",
      name: "Row",
      fields: fields.map((name) => ({ name, type: ["null", "double"], default: null })),
    } satisfies AvroSchema,
  });

async function readAs(reader: readonly string[], writer: readonly string[], row: Row): Promise<Row> {
  const registry = createMemoryRegistry();
  const [written, read] = [rowsOf(writer), rowsOf(reader)];
  const writing = new Serdes(registry);
  await writing.open(written);
  const bytes = writing.encode(written, row);
  const reading = new Serdes(registry);
  await reading.open(read);
  await reading.learn(bytes);
  return { ...reading.decode(read, bytes) };
}

const row = Object.fromEntries(NAMES.map((name, index) => [name, index]));

test("fields named as what every object inherits are read by the schema that wrote them", async () => {
  expect(await readAs(NAMES, NAMES, row)).toEqual(row);
});

test.each([
  ["has one of them less", NAMES.slice(1), Object.fromEntries(Object.entries(row).slice(1))],
  ["has none of them but one of its own", ["mine"], { mine: null }],
  [
    "has others besides",
    ["mine", ...NAMES, "propertyIsEnumerable"],
    { mine: null, ...row, propertyIsEnumerable: null },
  ],
])("and by a schema that %s", async (_, reader, expected) => {
  expect(await readAs(reader, NAMES, row)).toEqual(expected);
});

test("a schema with such fields reads rows that were written before it had them", async () => {
  expect(await readAs(["plain", "toString", "constructor"], ["plain"], { plain: 1 })).toEqual({
    plain: 1,
    toString: null,
    constructor: null,
  });
});
