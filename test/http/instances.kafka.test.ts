import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openLoopstream, type Loopstream } from "../../loop/embed/index.ts";
import { TIPS } from "./http-loop.ts";

const dir = mkdtempSync(join(tmpdir(), "loopstream-http-kafka-"));
const useCase = `tips-${randomUUID()}`;
let loops: readonly Loopstream[] = [];
beforeAll(async () => {
  const id = `http-${randomUUID()}`;
  const open = (name: string): Promise<Loopstream> =>
    openLoopstream({
      ...{ brokers: [inject("brokers")], registry: inject("registry"), id, partitions: 4 },
      ...{ dir: join(dir, name), http: { port: 0 } },
    });
  const first = await open("a");
  await first.publishBlueprint(TIPS.replace("useCase: tips", `useCase: ${useCase}`));
  loops = [first, await open("b")];
});
afterAll(async () => {
  for (const loop of loops) await loop.close();
  rmSync(dir, { recursive: true });
});

const urls = (): readonly string[] => loops.map(({ httpPort }) => `http://127.0.0.1:${httpPort}`);
async function post(url: string, path: string, body: unknown): Promise<{ status: number; body: unknown }> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: answer.status, body: await answer.json() };
}

test("every instance is ready and answers for all partitions: one id, one answer, whoever is asked", async () => {
  for (const url of urls())
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 20_000 }).toBe(200);
  const joined = await Promise.all(urls().map(async (url) => (await fetch(`${url}/readyz`)).json()));
  expect(joined).toMatchObject([{ joined: true }, { joined: true }]);
  const ids = Array.from({ length: 40 }, (_, at) => `k-${at}`);
  const ask = (url: string) => (decisionId: string) =>
    post(url, "/v1/decisions", { useCase, unit: "anna", decisionId, context: { plan: "free" }, timeoutMs: 20_000 });
  const [one, other] = await Promise.all(urls().map((url) => Promise.all(ids.map(ask(url)))));
  expect(one!.map(({ status }) => status)).toEqual(ids.map(() => 200));
  expect(one!.map(({ body }) => body)).toMatchObject(ids.map((decisionId) => ({ decisionId, reason: "noModel" })));
  expect(other).toEqual(one);
});

test("observations and events are stored on the brokers", async () => {
  const [, url] = urls();
  const observed = await post(url!, "/v1/decisions/k-1/observations", { values: { amount: 1 }, observationId: "x" });
  expect(observed).toEqual({ status: 200, body: { stored: true, observationId: "x" } });
  const told = await post(url!, "/v1/events", { kind: "visit", attributes: { guest: "g", minutes: 1 } });
  expect(told).toEqual({ status: 200, body: { stored: true } });
});
