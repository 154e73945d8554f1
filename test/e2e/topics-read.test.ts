import { afterAll, expect, test } from "vitest";
import { createEmbeddedBackbone, type AvroSchema } from "../../streams/index.ts";
import { loopstream, temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

test("topics read prints a long that no number holds with all of its digits", { timeout: 900_000 }, async () => {
  const schema: AvroSchema = { type: "record", name: "Sale", fields: [{ name: "id", type: "long" }] };
  const backbone = await createEmbeddedBackbone({ dir: dir.path });
  const id = await backbone.registry.register("sales-value", schema, "NONE");
  await backbone.ensureTopics([{ name: "sales", partitions: 1, cleanup: "delete" }]);
  const producer = await backbone.producer();
  // 2^53 + 1, zigzag.
  const long = Buffer.from([0x82, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x20]);
  const value = Buffer.concat([Buffer.from([0, 0, 0, 0, id]), long]);
  await producer.send([{ topic: "sales", partition: 0, timestamp: 0, key: null, value, headers: {} }]);
  await producer.close();
  await backbone.close();
  const { code, stdout, stderr } = await loopstream(["topics", "read", "sales", "--dir", dir.path]);
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toContain('"value":{"id":9007199254740993}');
});
