import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { recordedLog } from "../../streams/recorded-log.ts";
import { httpLoop, type HttpLoop } from "../http-loop.ts";

const tokens = {
  producer: ["producer-0123456789", "producer-of-the-next-month"],
  viewer: ["viewer-0123456789abc"],
  operator: ["operator-0123456789"],
};
const asked = { useCase: "tips", unit: "anna", timeoutMs: 20_000 };
const { log, lines } = recordedLog();

let at: HttpLoop;
beforeAll(async () => {
  at = await httpLoop({ http: { port: 0, host: "0.0.0.0", tokens }, log });
});
afterAll(() => at?.[Symbol.asyncDispose]());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const callers = {
  none: {},
  wrong: bearer("producer-0123456788"),
  short: bearer("p"),
  basic: { authorization: `Basic ${Buffer.from("producer-0123456789:").toString("base64")}` },
  producer: bearer(tokens.producer[0]!),
  second: bearer(tokens.producer[1]!),
  viewer: bearer(tokens.viewer[0]!),
  operator: bearer(tokens.operator[0]!),
} as const;

/** Status by caller. */
const produce = {
  none: 401,
  wrong: 401,
  short: 401,
  basic: 401,
  producer: 200,
  second: 200,
  viewer: 403,
  operator: 200,
};
const view = { none: 401, wrong: 401, short: 401, basic: 401, producer: 403, second: 403, viewer: 200, operator: 200 };
const free = { none: 200, wrong: 200, short: 200, basic: 200, producer: 200, second: 200, viewer: 200, operator: 200 };
const table: readonly (readonly [string, unknown, Readonly<Record<keyof typeof callers, number>>])[] = [
  ["POST /v1/decisions", asked, produce],
  ["POST /v1/decisions/bulk", { decisions: [asked] }, produce],
  ["POST /v1/decisions/d/observations", { values: { amount: 1 } }, produce],
  ["POST /v1/decisions/d/activate", {}, produce],
  ["POST /v1/observations/bulk", { observations: [{ decisionId: "d", values: {} }] }, produce],
  ["POST /v1/events", { kind: "visit", attributes: {} }, produce],
  ["POST /v1/events/bulk", { events: [{ kind: "visit", attributes: {} }] }, produce],
  ["POST /v1/tables/guests/rows", { key: "anna", values: { regular: true } }, produce],
  ["POST /v1/tables/guests/rows/bulk", { rows: [{ key: "anna", values: null }] }, produce],
  ["GET /v1/tables/guests/rows?key=anna", undefined, view],
  ["GET /metrics", undefined, view],
  ["GET /healthz", undefined, free],
  ["GET /readyz", undefined, free],
];

describe("who may do what", () => {
  test.each(table)("%s", async (route, body, statuses) => {
    await at.loop.idle();
    const [method, path] = route.split(" ") as [string, string];
    const found: Record<string, number> = {};
    for (const [caller, headers] of Object.entries(callers)) {
      const answer = method === "GET" ? await at.get(path, headers) : await at.post(path, body, headers);
      found[caller] = answer.status;
      if (answer.status === 401) expect(answer.headers.get("www-authenticate")).toBe('Bearer realm="loopstream"');
    }
    expect(found).toEqual(statuses);
  });

  test("every route of the document needs a token that may, but for those that say that they need none", async () => {
    const { paths } = (await at.get("/openapi.json")).body as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly security: readonly unknown[] }>>>>;
    };
    const statuses: Record<string, readonly number[]> = {};
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { security }] of Object.entries(methods)) {
        if (security.length === 0) continue;
        const place =
          path.replace("{table}", "guests").replaceAll(/\{\w+\}/g, "x") + (path.endsWith("}/rows") ? "?key=anna" : "");
        const call = (headers: Readonly<Record<string, string>>) =>
          method === "get" ? at.get(place, headers) : at.post(place, "{", headers);
        statuses[`${method} ${path}`] = [(await call(callers.none)).status, (await call(callers.viewer)).status];
      }
    }
    expect(Object.keys(statuses)).toHaveLength(19);
    for (const [route, found] of Object.entries(statuses))
      expect(found, route).toEqual([401, route.startsWith("get ") ? 200 : 403]);
    expect((await fetch(`${at.url}/metrics`, { method: "HEAD" })).status).toBe(401);
  });

  test("a role that may not is told which may", async () => {
    const { body } = await at.post("/v1/decisions", asked, callers.viewer);
    expect(body).toMatchObject({
      code: "NOT_ALLOWED",
      detail: "the role viewer may not POST /v1/decisions: use a token of role producer or operator",
    });
  });

  test("the headers of foreign clients carry tokens too", async () => {
    const [token] = tokens.producer;
    for (const name of ["x-api-key", "ocp-apim-subscription-key"])
      expect(await at.post("/v1/decisions", asked, { [name]: token! })).toMatchObject({ status: 200 });
  });

  test("a body without a right is refused before it is read", async () => {
    expect(await at.post("/v1/decisions", "{", callers.none)).toMatchObject({ status: 401 });
  });

  test("no log line and no answer shows a token", async () => {
    const wrong = await at.post("/v1/decisions", { ...asked, useCase: tokens.operator[0] }, callers.producer);
    expect(JSON.stringify(wrong.body)).not.toContain(tokens.operator[0]);
    expect(JSON.stringify(lines)).not.toContain("0123456789");
  });
});

describe("a port without tokens", () => {
  test("is for this machine under its own name: another site's page can't reach it", async () => {
    await using open = await httpLoop();
    const statusAs = (host: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const { port } = new URL(open.url);
        request({ host: "127.0.0.1", port, path: "/healthz", headers: { host } }, (answer) => {
          answer.resume();
          resolve(answer.statusCode!);
        })
          .on("error", reject)
          .end();
      });
    const found = [];
    for (const host of ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:80", "evil.example", "evil.example:8080"])
      found.push(await statusAs(host));
    expect(found).toEqual([200, 200, 200, 200, 403, 403]);
  });
});
