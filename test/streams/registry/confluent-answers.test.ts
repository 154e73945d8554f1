import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, test } from "vitest";
import { createConfluentRegistry, createMetrics, Outages, streamsLimits } from "../../../streams/index.ts";
import { answeringRegistry, answerJson, type AnsweringRegistry } from "./answering.ts";

let server: AnsweringRegistry | undefined;
afterEach(() => server?.close());

async function schemaFrom(answer: (response: ServerResponse) => void, timeoutMs = 300): Promise<unknown> {
  server = await answeringRegistry((_path, response) => answer(response));
  return createConfluentRegistry({ url: server.url, timeoutMs }).schema(7);
}

describe("a schema id is a bad record's, never an outage, where the registry answers with", () => {
  test.each([
    [
      "a Protobuf schema",
      { schemaType: "PROTOBUF", schema: 'syntax = "proto3"; message A {}' },
      /"PROTOBUF", not Avro/,
    ],
    ["a JSON schema", { schemaType: "JSON", schema: "{}" }, /"JSON", not Avro/],
    ["a text that is no JSON", { schema: "{ nope" }, /no JSON/],
    ["no schema", { id: 7 }, /no schema/],
    ["null", null, /no schema/],
    ["a schema over the limit", { schema: JSON.stringify("x".repeat(streamsLimits.schemaBytes)) }, /more than/],
  ])("%s", async (_name, answer, reason) => {
    const asked = schemaFrom((response) => answerJson(response, answer));
    await expect(asked).rejects.toMatchObject({ code: "UNSUPPORTED_SCHEMA", flags: { retry: false } });
    await expect(asked).rejects.toThrow(reason);
  });

  test.each<[string, (path: string, response: ServerResponse) => void, RegExp]>([
    [
      "is not there",
      (_path, response) => answerJson(response, { message: "no" }, 404),
      /refers to a in version 1, which/,
    ],
    [
      "is Protobuf",
      (_path, response) => answerJson(response, { schemaType: "PROTOBUF", schema: "x" }),
      /"PROTOBUF", not/,
    ],
    [
      "refers to one after the other without an end",
      (path, response) => {
        const subject = `${/subjects\/(a+)/.exec(path)![1]}a`;
        answerJson(response, { schema: '"string"', references: [{ name: "a", subject, version: 1 }] });
      },
      /more than 64 schemas/,
    ],
  ])("a reference to a schema that %s", async (_name, answer, reason) => {
    server = await answeringRegistry((path, response) => {
      if (path.startsWith("/subjects/")) return answer(path, response);
      answerJson(response, { schema: '"string"', references: [{ name: "a", subject: "a", version: 1 }] });
    });
    const asked = createConfluentRegistry({ url: server.url, timeoutMs: 5_000 }).schema(7);
    await expect(asked).rejects.toMatchObject({ code: "UNSUPPORTED_SCHEMA", flags: { retry: false } });
    await expect(asked).rejects.toThrow(reason);
  });

  test("a page", async () => {
    const asked = schemaFrom((response) => response.writeHead(200).end("<html>welcome</html>"));
    await expect(asked).rejects.toMatchObject({ code: "UNSUPPORTED_SCHEMA" });
  });

  test("more bytes than any schema has, of which no more are read", async () => {
    const asked = schemaFrom((response) => response.writeHead(200).end(Buffer.alloc(64 << 20, 32)), 10_000);
    await expect(asked).rejects.toMatchObject({ code: "UNSUPPORTED_SCHEMA" });
  });

  test.each([400, 406, 410, 422])("%i", async (status) => {
    const asked = schemaFrom((response) => answerJson(response, { error_code: status, message: "no" }, status));
    await expect(asked).rejects.toMatchObject({ code: "UNSUPPORTED_SCHEMA" });
  });

  test("404, which is an id that it does not know", async () => {
    const asked = schemaFrom((response) => answerJson(response, { error_code: 40_403, message: "not found" }, 404));
    await expect(asked).rejects.toMatchObject({ code: "UNKNOWN_SCHEMA", flags: { retry: false } });
  });
});

test.each([
  [401, "AUTHENTICATION_FAILED", /user or the token.*basic\.auth\.user\.info/],
  [407, "AUTHENTICATION_FAILED", /user or the token/],
  [403, "ACCESS_DENIED", /does not allow/],
])("%i is told by its code, and a running loop waits for whoever mends it", async (status, code, reason) => {
  const asked = schemaFrom((response) => answerJson(response, { message: "no" }, status));
  await expect(asked).rejects.toMatchObject({ code, flags: { retry: true, byHand: true } });
  await expect(asked).rejects.toThrow(reason);
});

test("a redirect is not followed with a password: its address is told", async () => {
  for (const [location, code] of [
    ["https://other.invalid/apis", "SECURITY_MISMATCH"],
    ["http://other.invalid/apis", "REGISTRY_UNAVAILABLE"],
  ] as const) {
    const asked = schemaFrom((response) => response.writeHead(301, { location: `${location}?key=1` }).end());
    await expect(asked).rejects.toMatchObject({ code, flags: { retry: true } });
    await expect(asked).rejects.toThrow(`301 to ${location}: write that address`);
    await server!.close();
  }
});

describe("it is an outage, to be waited for, where the registry", () => {
  test.each([408, 429, 500, 502, 503])("answers with %i", async (status) => {
    const asked = schemaFrom((response) => answerJson(response, { message: "later" }, status));
    await expect(asked).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE", flags: { retry: true } });
  });

  test("does not answer", async () => {
    await expect(schemaFrom(() => undefined)).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
  });

  test("ends the connection within its answer", async () => {
    const asked = schemaFrom((response) => {
      response.writeHead(200, { "content-length": "100" }).write('{"schema":');
      setTimeout(() => response.destroy(), 10);
    });
    await expect(asked).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
  });

  test("is not there", async () => {
    const registry = createConfluentRegistry({ url: "http://127.0.0.1:1", timeoutMs: 200 });
    await expect(registry.schema(7)).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
  });
});

test("an outage ends with the next answer, also with one that refuses a schema id", async () => {
  const metrics = createMetrics();
  const waiting = (): readonly string[] => [...metrics.waits].map(({ what }) => what);
  let status = 503;
  server = await answeringRegistry((_path, response) => answerJson(response, { message: "no" }, status));
  const outages = new Outages(undefined, metrics);
  const registry = createConfluentRegistry({ url: server.url, timeoutMs: 300, outages });
  await expect(registry.schema(7)).rejects.toMatchObject({ code: "REGISTRY_UNAVAILABLE" });
  expect(waiting()).toEqual(["registry"]);
  status = 404;
  await expect(registry.schema(8)).rejects.toMatchObject({ code: "UNKNOWN_SCHEMA" });
  expect(waiting()).toEqual([]);
});

test("a token is sent as a bearer's, and is shown nowhere", async () => {
  let sent: string | undefined;
  server = await answeringRegistry((_path, response) => {
    sent = response.req.headers.authorization;
    answerJson(response, { message: `not with ${sent}` }, 401);
  });
  const asked = createConfluentRegistry({ url: server.url, token: "token-hunter2" }).schema(1);
  await expect(asked).rejects.not.toThrow("hunter2");
  expect(sent).toBe("Bearer token-hunter2");
});

test("the user of the URL is sent, and is not part of the address", async () => {
  let sent: string | undefined;
  server = await answeringRegistry((_path, response) => {
    sent = response.req.headers.authorization;
    answerJson(response, { schema: '"string"' });
  });
  const url = server.url.replace("http://", "http://maria:p%40ss%2Fword@");
  expect(await createConfluentRegistry({ url }).schema(1)).toBe("string");
  expect(sent).toBe(`Basic ${Buffer.from("maria:p@ss/word").toString("base64")}`);
});
