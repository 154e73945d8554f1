import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createClient, type Client } from "../../../client/index.ts";
import { blueprints, deadLetters, decisionRequests } from "../../../schemas/index.ts";
import {
  createConfluentRegistry,
  createPlatformaticBackbone,
  prefixed,
  readTopic,
  type Backbone,
} from "../../../streams/index.ts";
import { publishBlueprint, startLoop, type Loop } from "../../../loop/index.ts";
import { PARCELS } from "../../operators/parcels.ts";
import { eventually } from "../../eventually.ts";

const prefix = `foreign-${process.pid}-`;
const registry = createConfluentRegistry({ url: inject("registry") });
let dir: string;
let backbone: Backbone;
let loop: Loop;
let client: Client;

const start = (): Promise<Loop> =>
  startLoop({
    id: "x",
    backbone,
    registry,
    subjectPrefix: prefix,
    stateDir: join(dir, "state"),
    partitions: 1,
    delivery: "exactlyOnce",
    commitIntervalMs: 5,
    maxTaskIdleMs: 0,
    salt: "x",
    codeVersion: "test",
  });

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-foreign-"));
  backbone = prefixed(await createPlatformaticBackbone({ brokers: inject("brokers") }), prefix);
  loop = await start();
  await publishBlueprint(loop, PARCELS, 0);
  client = createClient({ backbone, registry, subjectPrefix: prefix });
}, 900_000);
afterAll(async () => {
  await client.close();
  await loop.close();
  await backbone.close();
  await registry.close();
  await rm(dir, { recursive: true });
});

/** Registers a schema as another team's producer does. @returns its id. */
async function registered(subject: string, body: object): Promise<number> {
  const response = await fetch(`${inject("registry")}/subjects/${prefix}${subject}/versions`, {
    method: "POST",
    headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
    body: JSON.stringify(body),
  });
  expect(response.ok, await response.clone().text()).toBe(true);
  return ((await response.json()) as { id: number }).id;
}

const foreign: Readonly<Record<string, () => Promise<number>>> = {
  Protobuf: () =>
    registered("proto-value", { schemaType: "PROTOBUF", schema: 'syntax = "proto3"; message A { string a = 1; }' }),
  "JSON Schema": () =>
    registered("json-value", {
      schemaType: "JSON",
      schema: '{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"}',
    }),
  references: async () => {
    const inner = { type: "record", name: "Inner", namespace: "foreign", fields: [{ name: "a", type: "string" }] };
    await registered("inner-value", { schema: JSON.stringify(inner) });
    const outer = {
      type: "record",
      name: "Outer",
      namespace: "foreign",
      fields: [{ name: "inner", type: "foreign.Inner" }],
    };
    const references = [{ name: "foreign.Inner", subject: `${prefix}inner-value`, version: 1 }];
    return registered("outer-value", { schema: JSON.stringify(outer), references });
  },
  "another record": () =>
    registered("other-value", {
      schema: JSON.stringify({ type: "record", name: "Other", fields: [{ name: "n", type: "long" }] }),
    }),
  "an array of null": () => registered("nulls-value", { schema: JSON.stringify({ type: "array", items: "null" }) }),
  "no id of the registry": () => Promise.resolve(0x7fff_fff0),
};

const ask = (decisionId: string) =>
  client.getDecision("parcels", { decisionId, unit: "u", context: { weight: 1 } }, { timeout: 20_000 });

test.each(Object.keys(foreign))(
  "a schema id of %s makes dead letters of its records, and neither the loop nor a start waits for it",
  async (name) => {
    const id = await foreign[name]!();
    const value = Buffer.alloc(13);
    value.writeUInt32BE(id, 1);
    const producer = await backbone.producer();
    for (const topic of [decisionRequests.name, blueprints.name]) {
      await producer.send([{ topic, partition: 0, timestamp: Date.now(), key: Buffer.from(name), value }]);
    }
    await producer.close();
    expect(await ask(`behind ${name}`)).toMatchObject({ reason: "noModel" });
    await loop.close();
    loop = await start();
    expect(await ask(`after the start behind ${name}`)).toMatchObject({ reason: "noModel" });
    await eventually(
      async () => {
        const found = new Set<string>();
        for await (const { value: letter } of readTopic(backbone, loop.serdes, deadLetters)) {
          if (String(Buffer.from(letter.key ?? [])) === name) found.add(`${letter.topic} ${letter.code}`);
        }
        const codes = [...found].sort();
        expect(codes).toHaveLength(2);
        for (const each of codes) expect(each).toMatch(/(UNSUPPORTED_SCHEMA|UNDECODABLE|UNKNOWN_SCHEMA)$/);
      },
      { timeout: 10_000, interval: 200 },
    );
  },
  60_000,
);
