import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, expect, test } from "vitest";
import { httpLoop, type HttpLoop } from "../http-loop.ts";

interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}
interface Operation {
  readonly operationId: string;
  readonly security: readonly unknown[];
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>;
}

let at: HttpLoop;
let document: Document;
beforeAll(async () => {
  at = await httpLoop();
  document = (await at.get("/openapi.json")).body;
});
afterAll(() => at?.[Symbol.asyncDispose]());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  );

test("the document is valid OpenAPI 3.1", async () => {
  expect(document.openapi).toBe("3.1.0");
  const { valid, errors } = await new Validator().validate(
    structuredClone(document) as object as Record<string, unknown>,
  );
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
});

test("it has every route, each with a name of its own, and errors as problem+json", () => {
  expect(operations().map(({ method, path }) => `${method} ${path}`)).toEqual([
    ...["post /v1/decisions", "post /v1/decisions/bulk"],
    ...["post /v1/decisions/{id}/observations", "post /v1/decisions/{id}/activate", "post /v1/observations/bulk"],
    ...["post /v1/events", "post /v1/events/bulk"],
    ...["post /v1/tables/{table}/rows", "get /v1/tables/{table}/rows", "post /v1/tables/{table}/rows/bulk"],
    ...["get /healthz", "get /readyz", "get /metrics"],
    ...["post /ofrep/v1/evaluate/flags/{key}", "post /ofrep/v1/evaluate/flags"],
    ...["", "/use-cases/{useCase}"].flatMap((prefix) => [
      `post ${prefix}/personalizer/v1.0/rank`,
      `post ${prefix}/personalizer/v1.0/events/{eventId}/reward`,
      `post ${prefix}/personalizer/v1.0/events/{eventId}/activate`,
    ]),
  ]);
  const names = operations().map(({ operationId }) => operationId);
  expect(new Set(names).size).toBe(names.length);
  for (const { method, path, responses } of operations())
    if (method === "post" && path.startsWith("/v1/"))
      expect(Object.keys(responses["default"]?.content ?? {}), path).toEqual(["application/problem+json"]);
});

test("routes that need no token say so, and the others ask for a bearer token", () => {
  const free = operations().filter(({ security }) => security.length === 0);
  expect(free.map(({ path }) => path)).toEqual(["/healthz", "/readyz"]);
});

test("the page shows every route and every field of a request, and loads nothing from elsewhere", async () => {
  const { body, headers } = await at.get("/docs");
  const page = body as string;
  for (const { path } of operations()) expect(page).toContain(path);
  for (const field of ["timeoutMs", "decisions[].unit", "observationId", "waitsFor"])
    expect(page).toContain(`<code>${field}</code>`);
  expect(page).not.toMatch(/<script|(?:src|href)="https?:/);
  expect(headers.get("content-security-policy")).toContain("default-src 'none'");
});
