import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { loopstream, temporaryDir } from "./command.ts";

const dir = temporaryDir();
afterAll(() => dir.remove());

const ask = ["decide", "--use-case", "shop", "--unit", "u", "--id", "d", "--json"];

test("who names a default gets it with the reason, where the brokers are away", { timeout: 900_000 }, async () => {
  const away = ["--brokers", "127.0.0.1:1", "--registry", "http://127.0.0.1:1", "--dir", join(dir.path, "kafka")];
  const started = performance.now();
  const { code, json } = await loopstream([...ask, "--default", "false", "--timeout", "500", ...away]);
  expect(json).toMatchObject({ value: false, isDefault: true, reason: "error", decisionId: "d" });
  expect(json["error"]).toMatch(/within 3500 ms/);
  expect(json).toMatchObject({ code: "TIMEOUT", next: expect.stringMatching(/\w+/) as string });
  expect(code).toBe(1);
  expect(performance.now() - started).toBeLessThan(20_000);
});

test("and where the log is damaged; without a default that is an error", { timeout: 900_000 }, async () => {
  const damaged = join(dir.path, "damaged");
  mkdirSync(join(damaged, "log"), { recursive: true });
  writeFileSync(join(damaged, "log", "MANIFEST-000002"), "x");
  const { json } = await loopstream([...ask, "--default", "true", "--dir", damaged]);
  expect(json).toMatchObject({ value: true, isDefault: true, reason: "error" });
  expect(json["error"]).toMatch(/log/);
  const without = await loopstream([...ask, "--dir", damaged]);
  expect([json["code"], json["next"]]).toEqual([without.json["code"], without.json["next"]]);
  expect(without.code).not.toBe(0);
  expect(without.stdout).not.toContain('"value"');
});
