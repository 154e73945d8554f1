import avro from "avsc";
import { expect, test } from "vitest";
import { RecordHeads } from "../../../streams/index.ts";

const schema = {
  type: "record",
  name: "Row",
  fields: [
    { name: "id", type: "string" },
    { name: "unit", type: ["null", "string"] },
    { name: "time", type: { type: "long", logicalType: "timestamp-millis" } },
    { name: "x", type: "double" },
  ],
};

function framed(body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), body]);
}

const whole = framed(avro.Type.forSchema(schema as avro.Schema).toBuffer({ id: "é", unit: null, time: 5, x: 1 }));
const heads = new RecordHeads(["id", "time"]);

test("the fields in front are read, whatever comes of those behind", () => {
  expect(heads.read(schema, whole)).toMatchObject({ id: "é", time: 5 });
  expect(heads.read(schema, whole.subarray(0, -8))).toMatchObject({ id: "é", time: 5 });
});

test("a record that ends before, holds no text where one should be, or has no such fields gives nothing", () => {
  expect(heads.read(schema, whole.subarray(0, 8))).toBeUndefined();
  expect(heads.read(schema, framed(Buffer.from([4, 0xff, 0xff, 0, 10])))).toBeUndefined();
  expect(heads.read({ ...schema, fields: schema.fields.slice(0, 2) }, whole)).toBeUndefined();
  expect(heads.read("string", whole)).toBeUndefined();
});
