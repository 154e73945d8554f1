import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import avro from "avsc";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { publishBlueprint, startLoop, type Loop } from "../../loop/index.ts";
import { decisionReplies, decisionRequests, type DecisionReplied } from "../../schemas/index.ts";
import {
  createConfluentRegistry,
  createPlatformaticBackbone,
  prefixed,
  replyHeaders,
  type Backbone,
} from "../../streams/index.ts";
import { PARCELS } from "../operators/parcels.ts";

const prefix = `foreign-requests-${process.pid}-`;
const registry = createConfluentRegistry({ url: inject("registry") });
let dir: string;
let backbone: Backbone;
let loop: Loop;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "loopstream-requests-"));
  backbone = prefixed(await createPlatformaticBackbone({ brokers: inject("brokers") }), prefix);
  loop = await startLoop({
    ...{ id: "x", backbone, registry, subjectPrefix: prefix, stateDir: join(dir, "state"), partitions: 1 },
    ...{ delivery: "exactlyOnce", commitIntervalMs: 5, maxTaskIdleMs: 0, salt: "x", codeVersion: "test" },
  });
  await publishBlueprint(loop, PARCELS, 0);
}, 900_000);
afterAll(async () => {
  await loop.close();
  await backbone.close();
  await registry.close();
  await rm(dir, { recursive: true });
});

interface Fields {
  readonly name: string;
  readonly type: unknown;
  readonly default?: unknown;
}
const own = decisionRequests.schema as unknown as { readonly fields: readonly Fields[] };
const fieldsOf = (...names: readonly string[]): readonly Fields[] =>
  own.fields.filter(({ name }) => names.includes(name));
const plain = fieldsOf("decisionId", "useCase", "unit", "context");
const logged = fieldsOf("logged")[0]!;
const loggedAction = (logged.type as readonly object[])[1]!;
const record = (fields: readonly Fields[], more: object = {}): object => ({
  ...{ type: "record", name: "DecisionRequested", namespace: "loopstream", fields },
  ...more,
});

/** Registers a schema under a subject as another team's producer does. @returns its id. */
async function registered(subject: string, schema: object, references: readonly object[] = []): Promise<number> {
  const response = await fetch(`${inject("registry")}/subjects/${prefix}${subject}-value/versions`, {
    method: "POST",
    headers: { "content-type": "application/vnd.schemaregistry.v1+json" },
    body: JSON.stringify({ schema: JSON.stringify(schema), ...(references.length > 0 ? { references } : {}) }),
  });
  expect(response.ok, await response.clone().text()).toBe(true);
  return ((await response.json()) as { id: number }).id;
}

/** The reply to a request whose bytes another schema wrote. */
async function replyTo(key: string, id: number, body: Buffer): Promise<DecisionReplied> {
  const value = Buffer.concat([Buffer.alloc(5), body]);
  value.writeUInt32BE(id, 1);
  const [place] = await backbone.ranges([decisionReplies.name]);
  const reader = await backbone.reader([{ topic: decisionReplies.name, partition: 0, offset: place!.end }]);
  const producer = await backbone.producer();
  const headers = replyHeaders(decisionReplies.name, 0, Buffer.from(key));
  const request = { topic: decisionRequests.name, partition: 0, timestamp: Date.now(), key: Buffer.from(key), value };
  await producer.send([{ ...request, headers }]);
  try {
    for (const end = Date.now() + 15_000; Date.now() < end;) {
      for (const { records } of await reader.poll(1_000)) {
        for (const reply of records) {
          if (String(reply.headers["kafka_correlationId"]) !== key) continue;
          await loop.serdes.learn(reply.value!);
          return loop.serdes.decode(decisionReplies, reply.value!);
        }
      }
    }
    throw new Error(`no reply to ${key}`);
  } finally {
    await producer.close();
    await reader.close();
  }
}

const asked = (decisionId: string) => ({
  ...{ decisionId, useCase: "parcels", unit: "u", context: { weight: 1 } },
  ...{ deferred: false, logged: null, channel: "web", priority: 3 },
});

test.each<[string, () => Promise<{ readonly id: number; readonly whole: object }>]>([
  [
    "of another namespace",
    async () => {
      const whole = record([...plain, logged], { namespace: "com.example.shop" });
      return { id: await registered("namespace", whole), whole };
    },
  ],
  [
    "of no namespace",
    async () => {
      const { namespace: _none, ...whole } = record(plain) as { readonly namespace: string };
      return { id: await registered("nameless", whole), whole };
    },
  ],
  [
    "with more fields",
    async () => {
      const more = [
        { name: "channel", type: "string" },
        { name: "priority", type: ["null", "int"], default: null },
      ];
      const whole = record([...plain, ...more.slice(0, 1), { ...more[1]!, type: "int", default: 0 }]);
      return { id: await registered("more", whole), whole };
    },
  ],
  [
    "that refers to another schema, which refers to a third",
    async () => {
      const value = { type: "enum", name: "Colour", namespace: "com.example", symbols: ["RED", "BLUE"] };
      const inner = record(
        [...(loggedAction as { fields: Fields[] }).fields, { name: "colour", type: "com.example.Colour" }],
        {
          name: "LoggedAction",
          namespace: "com.example.inner",
        },
      );
      const outer = record([
        ...plain,
        { name: "logged", type: ["null", "com.example.inner.LoggedAction"], default: null },
      ]);
      await registered("colour", value);
      const third = { name: "com.example.Colour", subject: `${prefix}colour-value`, version: 1 };
      await registered("inner", inner, [third]);
      const second = { name: "com.example.inner.LoggedAction", subject: `${prefix}inner-value`, version: 1 };
      return {
        id: await registered("outer", outer, [second]),
        whole: record(plain.concat({ name: "logged", type: "null" })),
      };
    },
  ],
])("a request by a registered schema %s is decided", async (name, made) => {
  const { id, whole } = await made();
  const type = avro.Type.forSchema(whole as avro.Schema);
  // A null in a union of two is the branch 0, as one byte; a null alone is none.
  const body = type.toBuffer(asked(name));
  const bytes = name.includes("refers") ? Buffer.concat([body, Buffer.of(0)]) : body;
  expect(await replyTo(name, id, bytes)).toMatchObject({ decisionId: name, reason: "noModel", error: null });
});

test.each<[string, () => Promise<number>, RegExp]>([
  ["of another name", () => registered("other", record(plain, { name: "OrderPlaced" })), /OrderPlaced/],
  ["without the unit", () => registered("unitless", record(plain.filter(({ name }) => name !== "unit"))), /unit/],
  [
    "with another type",
    () =>
      registered("typed", record(plain.map((field) => (field.name === "unit" ? { ...field, type: "long" } : field)))),
    /can't be read as decision-requests/,
  ],
  ["that is not there", () => Promise.resolve(0x7fff_fff1), /no schema with id 2147483633/],
])(
  "a request by a schema %s is refused with a reply that says so, and is a dead letter",
  async (name, made, reason) => {
    const reply = await replyTo(name, await made(), Buffer.alloc(40));
    expect(reply).toMatchObject({ decisionId: name, useCase: "", value: null, reason: "error" });
    expect(reply.error).toMatch(reason);
  },
);
