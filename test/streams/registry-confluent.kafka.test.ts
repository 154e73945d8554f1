import { createServer } from "node:http";
import { expect, inject, test } from "vitest";
import { createConfluentRegistry } from "../../streams/registry/confluent-registry.ts";
import { freePorts } from "../servers/ports.ts";
import { registryConformance } from "./registry-conformance.ts";

registryConformance("Confluent", () => {
  const registry = createConfluentRegistry({ url: inject("registry") });
  return Promise.resolve({ registry, close: () => registry.close() });
});

test("a registry that is not there is a REGISTRY_UNAVAILABLE that says where and what to do", async () => {
  const [port] = await freePorts(1);
  const registry = createConfluentRegistry({ url: `http://127.0.0.1:${port}`, timeoutMs: 300 });
  const unavailable = { code: "REGISTRY_UNAVAILABLE", flags: { retry: true } };
  const calls = [registry.register("s", "string", "NONE"), registry.schema(1), registry.subjects()];
  for (const call of calls) {
    await expect(call).rejects.toMatchObject(unavailable);
    await expect(call).rejects.toThrow(new RegExp(`127.0.0.1:${port}.*Check that it runs`));
  }
});

test("a registry that comes up while it is waited for is used", async () => {
  const [port] = (await freePorts(1)) as [number];
  const registry = createConfluentRegistry({ url: `http://127.0.0.1:${port}`, timeoutMs: 30_000 });
  const asked = registry.subjects();
  const server = createServer((_, response) => response.end('["late"]')).listen(port, "127.0.0.1");
  expect(await asked).toEqual(["late"]);
  server.close();
});

test("an id is asked for once", async () => {
  let requests = 0;
  const [port] = (await freePorts(1)) as [number];
  const server = createServer((_, response) => {
    requests++;
    response.end('{"schema":"\\"string\\""}');
  }).listen(port, "127.0.0.1");
  const registry = createConfluentRegistry({ url: `http://127.0.0.1:${port}/` });
  const answers = await Promise.all([registry.schema(1), registry.schema(1)]);
  expect([...answers, await registry.schema(1), requests]).toEqual(["string", "string", "string", 1]);
  server.close();
});

test("processes that make the same subjects at once all get their ids; another schema is refused as ever", async () => {
  const schema = { type: "record", name: "Raced", fields: [{ name: "a", type: "string" }] } as const;
  const processes = Array.from({ length: 6 }, () => createConfluentRegistry({ url: inject("registry") }));
  for (let round = 0; round < 15; round++) {
    const subject = `raced-${round}-value`;
    const ids = await Promise.all(processes.map((registry) => registry.register(subject, schema, "BACKWARD")));
    expect(new Set(ids).size).toBe(1);
  }
  const other = { ...schema, fields: [{ name: "a", type: "int" }] } as const;
  await expect(processes[0]!.register("raced-0-value", other, "BACKWARD")).rejects.toMatchObject({
    code: "INCOMPATIBLE_SCHEMA",
  });
  for (const registry of processes) await registry.close();
});
