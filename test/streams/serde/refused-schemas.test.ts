import { afterEach, beforeEach, expect, test } from "vitest";
import { createConfluentRegistry, defineTopic, Serdes, streamsLimits } from "../../../streams/index.ts";
import { answeringRegistry, answerJson, type AnsweringRegistry } from "../registry/answering.ts";

const topic = defineTopic<{ readonly id: string }>({
  name: "asked",
  schema: { type: "record", name: "Asked", fields: [{ name: "id", type: "string" }] },
});
const answers: Record<string, unknown> = {
  "1": { schemaType: "PROTOBUF", schema: 'syntax = "proto3";' },
  "2": { schema: JSON.stringify({ type: "record", name: "R" }) },
  "3": { schema: JSON.stringify({ type: "record", name: "R", fields: [{ name: "n", type: "long" }] }) },
  "4": { schema: JSON.stringify(topic.schema) },
};

let server: AnsweringRegistry;
let known: Record<string, unknown>;
let now: number;
let serdes: Serdes;
beforeEach(async () => {
  known = { ...answers };
  now = 0;
  server = await answeringRegistry((path, response) => {
    const answer = known[path.slice(path.lastIndexOf("/") + 1)];
    if (answer === undefined) answerJson(response, { error_code: 40_403 }, 404);
    else answerJson(response, answer);
  });
  serdes = new Serdes(createConfluentRegistry({ url: server.url }), "", () => now);
});
afterEach(() => server.close());

const written = (id: number): Uint8Array => Buffer.from([0, 0, 0, 0, id, 4, 104, 105]);

/** As a reader does. */
async function read(bytes: Uint8Array): Promise<unknown> {
  if (!serdes.knows(bytes)) await serdes.learn(bytes);
  return serdes.decode(topic, bytes);
}

test.each([
  [1, "UNSUPPORTED_SCHEMA"],
  [2, "UNSUPPORTED_SCHEMA"],
  [3, "UNDECODABLE"],
  [9, "UNKNOWN_SCHEMA"],
] as const)(
  "a thousand records of schema id %i, which can't be used, are refused as %s and cost one question",
  async (id, code) => {
    for (let i = 0; i < 1_000; i++)
      await expect(read(written(id))).rejects.toMatchObject({ code, flags: { retry: false } });
    expect(server.asked).toEqual([`/schemas/ids/${id}`]);
  },
);

test("an id that is registered later is asked for again, once the interval is over", async () => {
  await expect(read(written(9))).rejects.toMatchObject({ code: "UNKNOWN_SCHEMA" });
  known["9"] = answers["4"];
  now = streamsLimits.refusedSchemaMs - 1;
  await expect(read(written(9))).rejects.toMatchObject({ code: "UNKNOWN_SCHEMA" });
  now = streamsLimits.refusedSchemaMs;
  expect(await read(written(9))).toEqual({ id: "hi" });
  expect(server.asked).toHaveLength(2);
});

test("an outage is not remembered: the next record asks again", async () => {
  await server.close();
  serdes = new Serdes(createConfluentRegistry({ url: server.url, timeoutMs: 100 }), "", () => now);
  await expect(read(written(4))).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE", flags: { retry: true } });
  expect(serdes.knows(written(4))).toBe(false);
});
