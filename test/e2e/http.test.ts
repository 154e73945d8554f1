import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { root, temporaryDir } from "./command.ts";
import { startLoopstream, type Running } from "./running.ts";

let running: Running | undefined;
const dir = temporaryDir();
afterEach(() => {
  running?.kill();
  dir.remove();
});

test("start --http answers decisions until it is stopped, and lets go of the port", async () => {
  running = startLoopstream([
    ...["start", "--http", "0", "--dir", dir.path, "--partitions", "2", "--json"],
    ...["--blueprint", join(root, "examples/reminders.yaml")],
  ]);
  await running.says("the loop is running");
  const port = /"port":(\d+),"msg":"HTTP is open"/.exec(running.said())![1]!;
  const url = `http://localhost:${port}`;
  const asked = await fetch(`${url}/v1/decisions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ useCase: "reminders", unit: "anna", context: { plan: "free" }, timeoutMs: 20_000 }),
  });
  expect(await asked.json()).toMatchObject({ value: null, reason: "noModel" });
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  running.send("SIGTERM");
  expect(await running.ended()).toMatchObject({ code: 0 });
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});

test("a port for other machines without tokens is refused before anything is opened, with the remedy", async () => {
  running = startLoopstream(["start", "--http", "0.0.0.0:0", "--dir", dir.path]);
  await running.says("--http-tokens-file");
  expect(await running.ended()).toMatchObject({ code: 2 });
  expect(running.said()).not.toContain("connecting");
});
