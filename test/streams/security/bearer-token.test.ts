import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { bearerTokens, withoutSecrets } from "../../../streams/index.ts";

let server: Server | undefined;
afterEach(() => server?.close());

async function endpoint(
  answer: (body: string, asked: IncomingMessage, response: ServerResponse) => void,
): Promise<string> {
  server = createServer((asked, response) => {
    let body = "";
    asked.on("data", (chunk: Buffer) => (body += chunk.toString())).on("end", () => answer(body, asked, response));
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
}

test("a token is asked for by client credentials, kept for most of its life, and hidden", async () => {
  const asked: [string, string | undefined][] = [];
  const url = await endpoint((body, { headers }, response) => {
    asked.push([body, headers.authorization]);
    response.end(JSON.stringify({ access_token: `token-${asked.length}-of-many`, expires_in: 3_600 }));
  });
  const tokens = bearerTokens({ url, clientId: "loop", clientSecret: "secret/1234", scope: "kafka" });
  expect(await Promise.all([tokens(), tokens()])).toEqual(["token-1-of-many", "token-1-of-many"]);
  expect(await tokens()).toBe("token-1-of-many");
  const basic = `Basic ${Buffer.from("loop:secret%2F1234").toString("base64")}`;
  expect(asked).toEqual([["grant_type=client_credentials&scope=kafka", basic]]);
  expect(withoutSecrets("with token-1-of-many")).toBe("with ***");
});

test.each<[string, number, string, string]>([
  ["refuses the client", 401, '{"error":"invalid_client"}', "AUTHENTICATION_FAILED"],
  ["gives no token", 200, "{}", "AUTHENTICATION_FAILED"],
  ["gives no JSON", 200, "<html>", "AUTHENTICATION_FAILED"],
  ["fails", 503, "", "BACKBONE_UNAVAILABLE"],
])("an endpoint that %s is told by its code", async (_name, status, text, code) => {
  const url = await endpoint((_body, _asked, response) => void response.writeHead(status).end(text));
  await expect(bearerTokens({ url, clientId: "a", clientSecret: "b" })()).rejects.toMatchObject({ code });
});

test("an endpoint that is not there may pass; a file that is not there must be made", async () => {
  const nowhere = bearerTokens({ url: "http://127.0.0.1:1/token", clientId: "a", clientSecret: "b" });
  await expect(nowhere()).rejects.toMatchObject({ code: "BACKBONE_UNAVAILABLE" });
  const file = bearerTokens({ url: "file:///nowhere/token" });
  await expect(file()).rejects.toMatchObject({ code: "AUTHENTICATION_FAILED" });
});
