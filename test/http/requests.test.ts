import { connect, type AddressInfo, type Socket } from "node:net";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { serveHttp } from "../../http/index.ts";
import { createServer } from "../../http/server.ts";
import { SourceSlot } from "../../http/source.ts";
import { recordLimits } from "../../schemas/index.ts";
import { createMetrics, silent } from "../../streams/index.ts";
import { eventually } from "../eventually.ts";
import { httpLoop, type HttpLoop } from "./http-loop.ts";

let at: HttpLoop;
beforeAll(async () => {
  at = await httpLoop();
});
afterAll(() => at?.[Symbol.asyncDispose]());

const good = { useCase: "tips", unit: "anna", timeoutMs: 20_000 };
const json = "application/json";

/** Writes bytes and gives all that comes back until the server ends the connection. */
async function exchange(...writes: readonly (string | Buffer)[]): Promise<string> {
  const socket = open();
  const answer = told(socket);
  for (const bytes of writes) socket.write(bytes);
  return answer;
}
const open = (): Socket => connect(at.loop.httpPort!, "127.0.0.1");
function told(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
  socket.on("error", () => undefined);
  return new Promise((resolve) => socket.on("close", () => resolve(text)));
}

describe("a request that is wrong is refused with its place and the next step", () => {
  test.each<[string, unknown, string, number, object]>([
    ["no JSON", "{", json, 400, { code: "BAD_REQUEST" }],
    ["nothing", "", json, 400, { code: "BAD_REQUEST", detail: "the body is empty: send a JSON object" }],
    [
      "bytes that are not UTF-8",
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]),
      json,
      400,
      { detail: "the body is not UTF-8" },
    ],
    ["UTF-16", Buffer.from("{}", "utf16le"), `${json}; charset=utf-16`, 415, { code: "UNSUPPORTED_TYPE" }],
    ["another type", "useCase=tips", "application/x-www-form-urlencoded", 415, { code: "UNSUPPORTED_TYPE" }],
    [
      "a type that a page may send without asking",
      JSON.stringify(good),
      "text/plain",
      415,
      { code: "UNSUPPORTED_TYPE" },
    ],
    ["a list", [good], json, 400, { code: "BAD_REQUEST" }],
    ["a missing field", { useCase: "tips" }, json, 400, { field: "unit" }],
    ["an unknown field", { ...good, contxt: {} }, json, 400, { detail: expect.stringContaining("contxt") as string }],
    [
      "an object in the context",
      { ...good, context: { days: { n: 1 } } },
      json,
      400,
      { field: "context.days", detail: expect.stringContaining("write a string, number, boolean or null") as string },
    ],
    [
      "a number beyond all",
      `{"useCase":"tips","unit":"a","context":{"days":1e999}}`,
      json,
      400,
      { field: "context.days" },
    ],
    ["half of a surrogate pair", `{"useCase":"tips","unit":"\\ud800"}`, json, 400, { field: "unit" }],
    [
      "half of a surrogate pair in a name",
      `{"useCase":"tips","unit":"a","context":{"\\ud800":1}}`,
      ...([json, 400, { code: "BAD_REQUEST" }] as const),
    ],
    [
      "a whole number that loses digits",
      `{"useCase":"tips","unit":"a","context":{"days":1,"guest":12345678901234567890}}`,
      ...([json, 400, { field: "guest", detail: expect.stringContaining("write it as a string") as string }] as const),
    ],
    [
      "a whole number that loses digits, below zero and behind parts of numbers that may",
      `{"useCase":"tips","unit":"a","context":{"days":0.12345678901234567,"guest":-12345678901234567890}}`,
      ...([json, 400, { field: "guest", detail: expect.stringContaining("write it as a string") as string }] as const),
    ],
    [
      "a whole number that loses digits, in a list",
      `{"useCase":"tips","unit":"a","context":{"days":[ 12345678901234567890]}}`,
      ...([json, 400, { detail: expect.stringContaining("write it as a string") as string }] as const),
    ],
    ["lists in lists", `{"unit":${"[".repeat(200_000)}${"]".repeat(200_000)}}`, json, 400, { code: "BAD_REQUEST" }],
    [
      "lists in lists, looked through",
      `{"n":1234567890123456,"unit":${"[".repeat(200_000)}${"]".repeat(200_000)}}`,
      ...([json, 400, { code: "BAD_REQUEST" }] as const),
    ],
    [
      "__proto__",
      `{"useCase":"tips","unit":"a","context":{"__proto__":1}}`,
      json,
      400,
      { detail: "no entry may be named __proto__" },
    ],
    [
      "__proto__, escaped",
      `{"useCase":"tips","unit":"a","context":{"\\u005f_proto__":1}}`,
      json,
      400,
      { detail: "no entry may be named __proto__" },
    ],
    [
      "a name twice",
      `{"useCase":"tips","unit":"a","unit":"b"}`,
      ...([json, 400, { code: "BAD_REQUEST", field: "unit" }] as const),
    ],
    [
      "a name twice, within and escaped",
      `{"useCase":"tips","unit":"a","context":{"days":1,"d\\u0061ys":2}}`,
      ...([json, 400, { field: "context.days" }] as const),
    ],
    ["an empty id", { ...good, decisionId: "" }, json, 400, { field: "decisionId" }],
    ["a long id", { ...good, decisionId: "d".repeat(513) }, json, 413, { code: "OVER_LIMIT" }],
    ["a time in microseconds", { ...good, time: Date.now() * 1_000 }, json, 400, { code: "BAD_TIME", field: "time" }],
    ["a time that is a text", { ...good, time: "2026-01-01" }, json, 400, { field: "time" }],
    ["a long wait", { ...good, timeoutMs: 30_001 }, json, 400, { field: "timeoutMs" }],
  ])("%s", async (_, body, type, status, problem) => {
    const answer = await at.post("/v1/decisions", body, { "content-type": type });
    expect(answer).toMatchObject({ status, body: { status, next: expect.any(String) as string, ...problem } });
    expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/);
  });

  test("a compressed body, by its encoding", async () => {
    const answer = await at.post("/v1/decisions", good, { "content-encoding": "gzip" });
    expect(answer).toMatchObject({ status: 415, body: { detail: expect.stringContaining("gzip") as string } });
  });

  test("numbers that keep all their digits are taken, however many they are", async () => {
    const context = `{"days":100000000000000000000,"plan":0.12345678901234567890}`;
    const answer = await at.post(
      "/v1/decisions",
      `{"useCase":"tips","unit":"a","timeoutMs":20000,"context":${context}}`,
    );
    expect(answer).toMatchObject({ status: 200 });
  });

  test("a body with a byte order mark is taken", async () => {
    expect(await at.post("/v1/decisions", `\uFEFF${JSON.stringify(good)}`)).toMatchObject({ status: 200 });
  });

  test("a bulk with one wrong item does nothing, and names the item; one that is too long neither", async () => {
    const wrong = await at.post("/v1/events/bulk", { events: [{ kind: "visit", attributes: {} }, { kind: "visit" }] });
    expect(wrong).toMatchObject({ status: 400, body: { field: "events.1.attributes" } });
    const many = Array.from({ length: recordLimits.httpBulkItems + 1 }, () => ({ kind: "visit", attributes: {} }));
    expect(await at.post("/v1/events/bulk", { events: many })).toMatchObject({
      status: 400,
      body: { field: "events" },
    });
    expect(await at.post("/v1/events/bulk", { events: [] })).toMatchObject({ status: 400, body: { field: "events" } });
  });

  test("a path or a method that is not there, and a path that is no text", async () => {
    expect(await at.get("/v1/decisions")).toMatchObject({
      status: 404,
      body: { code: "UNKNOWN_PATH", detail: "there is no GET /v1/decisions" },
    });
    expect(await at.post("/v2/decisions?token=x", good)).toMatchObject({
      body: { detail: "there is no POST /v2/decisions" },
    });
    expect(await at.post("/v1/decisions/%ff/observations", { values: {} })).toMatchObject({
      status: 400,
      body: { code: "BAD_REQUEST" },
    });
  });

  test("a huge body by its length, before it is read, and by its bytes", async () => {
    const most = recordLimits.httpBodyBytes;
    const said = await exchange(
      `POST /v1/decisions HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${json}\r\ncontent-length: ${most + 1}\r\n\r\n`,
    );
    expect(said).toMatch(/^HTTP\/1\.1 413 /);
    expect(said).toContain("REQUEST_TOO_LARGE");
    const chunk = "x".repeat(0x10000);
    const chunks = Array.from({ length: most / 0x10000 + 1 }, () => `10000\r\n${chunk}\r\n`);
    const streamed = await exchange(
      `POST /v1/decisions HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${json}\r\ntransfer-encoding: chunked\r\n\r\n`,
      ...chunks,
    );
    expect(streamed).toContain("REQUEST_TOO_LARGE");
  });

  test("headers that are too long, bytes that are no HTTP, and a length that is no number", async () => {
    const long = await exchange(`GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ${"y".repeat(20_000)}\r\n\r\n`);
    expect(long).toMatch(/^HTTP\/1\.1 413 .*REQUEST_TOO_LARGE/s);
    expect(await exchange("\x16\x03\x01\x02\x00\x01\x00\r\n\r\n")).toMatch(/^HTTP\/1\.1 400 .*BAD_REQUEST/s);
    const length = await exchange(`POST /v1/decisions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1x\r\n\r\n`);
    expect(length).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe("connections", () => {
  test("more than are taken are closed at once and counted, and others go on", async () => {
    // None is ended for its silence, however long a busy machine takes to open them all.
    const patience = { headersMs: 300_000, requestMs: 600_000 };
    const metrics = createMetrics();
    const app = await createServer({ slot: new SourceSlot(), patience, log: silent, metrics, version: "1" });
    await app.listen({ host: "127.0.0.1", port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const opened = (): Socket => connect(port, "127.0.0.1");
    const taken = promisify(app.server.getConnections.bind(app.server));
    const sockets = Array.from({ length: recordLimits.httpConnections }, () => {
      const socket = opened();
      socket.on("error", () => undefined);
      return socket;
    });
    // The kernel may connect some that the server takes only later.
    await eventually(async () => expect(await taken()).toBe(recordLimits.httpConnections));
    expect(await told(opened())).toBe("");
    const [kept] = sockets as [Socket, ...Socket[]];
    kept.write("GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n");
    let text = "";
    for await (const chunk of kept) {
      text += String(chunk);
      if (text.includes("loopstream_http_connections_dropped_total ")) break;
    }
    expect(text).toMatch(/loopstream_http_connections_dropped_total [1-9]/);
    for (const socket of sockets) socket.destroy();
    const url = `http://127.0.0.1:${port}/healthz`;
    await expect
      .poll(() =>
        fetch(url).then(
          ({ status }) => status,
          () => 0,
        ),
      )
      .toBe(200);
    await app.close();
  });

  test.each([
    ["headers", "POST /v1/decisions HTTP/1.1\r\nhost: localhost\r\n"],
    ["body", `POST /v1/decisions HTTP/1.1\r\nhost: localhost\r\ncontent-type: ${json}\r\ncontent-length: 100\r\n\r\n{`],
  ])("one that sends its %s too slowly ends with 408", async (_, bytes) => {
    const patience = { headersMs: 200, requestMs: 400 };
    const door = await serveHttp({ port: 0, patience, log: silent, metrics: createMetrics(), version: "1" });
    const socket = connect(door.port, "127.0.0.1");
    const answer = told(socket);
    socket.write(bytes);
    expect(await answer).toMatch(/^HTTP\/1\.1 408 .*REQUEST_TOO_SLOW/s);
    await door.close();
  });

  test("one carries several requests", async () => {
    const request = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n";
    const said = await exchange(`${request}\r\n${request}\r\n${request}connection: close\r\n\r\n`);
    expect(said.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(3);
  });
});
