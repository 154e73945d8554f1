import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readSettingsFile, SettingsError, settingsOf } from "../../../loop/index.ts";

const dir = mkdtempSync(join(tmpdir(), "loopstream-settings-"));
afterAll(() => rmSync(dir, { recursive: true }));
const file = (name: string, content: string | Buffer): string => {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
};

test("a settings file in another encoding than UTF-8 is refused by its name, and one in UTF-8 keeps every letter", () => {
  const text = "dir: /tmp/l\u00f6\u00f6p\n";
  expect(readSettingsFile(file("utf8.yaml", text)).dir).toBe("/tmp/l\u00f6\u00f6p");
  const latin = file("latin.yaml", Buffer.from(text, "latin1"));
  expect(() => readSettingsFile(latin)).toThrow(SettingsError);
  expect(() => readSettingsFile(latin)).toThrow(`${latin}: the text is not UTF-8`);
});

test("a settings file that is a folder is refused by its name", () => {
  const path = join(dir, "folder.yaml");
  mkdirSync(path);
  expect(() => readSettingsFile(path)).toThrow(SettingsError);
  expect(() => readSettingsFile(path)).toThrow(`${path} can't be read`);
});

test("a file with a secret in another encoding than UTF-8 is refused by its setting, and the secret is not shown", async () => {
  const { securityOf } = await import("../../../loop/settings/security/security.ts");
  const secret = file("password", Buffer.from("pass\u00f6word", "latin1"));
  const security = {
    ...{ "security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", "sasl.username": "loop" },
    "sasl.password.file": secret,
  };
  const place = { brokers: ["localhost:9092"], registry: "http://localhost:1" };
  const read = (): unknown => securityOf(settingsOf({ ...place, security }).security, place.registry);
  expect(read).toThrow(SettingsError);
  expect(read).toThrow(/sasl\.password.*not UTF-8/);
  expect(read).not.toThrow(/word,/);
});
