import { expect, test } from "vitest";
import { openLoopstream } from "../../loop/embed/index.ts";
import { httpLoop } from "./http-loop.ts";

const headers = { "content-type": "application/json" };

test("a process beside the loop answers HTTP too: the same decisions, and no member of the group", async () => {
  await using at = await httpLoop();
  await using beside = await openLoopstream({ dir: at.dir, run: false, http: { port: 0 } });
  expect([at.loop.runsHere, beside.runsHere]).toEqual([true, false]);
  const url = `http://127.0.0.1:${beside.httpPort}`;
  const ask = async (useCase: string) => {
    const body = JSON.stringify({ useCase, unit: "anna", decisionId: "b-1", timeoutMs: 20_000 });
    const answer = await fetch(`${url}/v1/decisions`, { method: "POST", headers, body });
    return (await answer.json()) as object;
  };
  const found = await ask("tips");
  expect(found).toMatchObject({ decisionId: "b-1", reason: "noModel" });
  expect((await at.post("/v1/decisions", { useCase: "tips", unit: "anna", decisionId: "b-1" })).body).toEqual(found);
  expect(await ask("tipps")).toMatchObject({ code: "UNKNOWN_USE_CASE" });
  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toMatchObject({ ready: true, joined: null });
});

test(
  "when the process that ran the loop ends, the port of the one that takes over goes on",
  { timeout: 900_000 },
  async () => {
    const first = await httpLoop();
    await using second = await openLoopstream({ dir: first.dir, http: { port: 0 } });
    const url = `http://127.0.0.1:${second.httpPort}`;
    const body = JSON.stringify({ useCase: "tips", unit: "anna", decisionId: "t-1", timeoutMs: 20_000 });
    const ask = async (): Promise<unknown> =>
      (await fetch(`${url}/v1/decisions`, { method: "POST", headers, body })).json();
    const before = await ask();
    await first.loop.close();
    await expect.poll(() => second.runsHere, { timeout: 20_000 }).toBe(true);
    await expect.poll(async () => (await fetch(`${url}/readyz`)).status, { timeout: 20_000 }).toBe(200);
    expect(await ask()).toEqual(before);
  },
);
