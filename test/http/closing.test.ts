import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { recordLimits } from "../../schemas/index.ts";
import { httpLoop } from "./http-loop.ts";

test("a request that is under way when the loop is closed is answered, and no later one is taken", async () => {
  await using at = await httpLoop();
  const port = at.loop.httpPort!;
  const [busy, kept, fresh] = [connect(port, "127.0.0.1"), connect(port, "127.0.0.1"), connect(port, "127.0.0.1")];
  await Promise.all([busy, kept, fresh].map((socket) => once(socket, "connect")));
  kept.write("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await once(kept, "data");
  let answer = "";
  busy.setEncoding("utf8").on("data", (text: string) => (answer += text));
  const body = JSON.stringify({ useCase: "tips", unit: "anna", timeoutMs: 20_000 });
  const head = `POST /v1/decisions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  // The server has the headers: it asks for the rest.
  busy.write(head.replace("\r\n\r\n", "\r\nexpect: 100-continue\r\n\r\n"));
  await once(busy, "data");
  expect(answer).toContain("100 Continue");
  const from = performance.now();
  const closed = at.loop.close();
  await Promise.all([once(kept, "close"), once(fresh, "close")]);
  await expect(fetch(`${at.url}/healthz`)).rejects.toThrow();
  busy.write(body);
  await Promise.all([closed, once(busy, "close")]);
  expect(answer).toMatch(/HTTP\/1\.1 200 OK.*"reason":"noModel"/s);
  // No connection is waited for until it is cut.
  expect(performance.now() - from).toBeLessThan(recordLimits.httpCloseMs);
});

test("before the loop runs the port says so, and is healthy", async () => {
  const { serveHttp } = await import("../../http/index.ts");
  const { createMetrics, silent } = await import("../../streams/index.ts");
  const door = await serveHttp({ port: 0, log: silent, metrics: createMetrics(), version: "1" });
  const url = `http://127.0.0.1:${door.port}`;
  const statusOf = async (path: string, init?: RequestInit): Promise<number> => (await fetch(url + path, init)).status;
  expect(await statusOf("/healthz")).toBe(200);
  expect(await statusOf("/readyz")).toBe(503);
  const headers = { "content-type": "application/json" };
  const asked = await fetch(`${url}/v1/decisions`, { method: "POST", headers, body: `{"useCase":"a","unit":"b"}` });
  expect(asked.status).toBe(503);
  expect(asked.headers.get("retry-after")).toBe("1");
  expect(await asked.json()).toMatchObject({ code: "NOT_READY" });
  await Promise.all([door.close(), door.close()]);
});
