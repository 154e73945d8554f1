import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSettings } from "../../../cli/flags/settings.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-settings-"));
});
afterEach(() => rmSync(dir, { recursive: true }));
const file = (text: string): string => {
  const path = join(dir, "loopstream.yaml");
  writeFileSync(path, text);
  return path;
};

test("state is kept in LevelDB unless the file or, before it, the flag says RocksDB", () => {
  expect(readSettings({ config: file("id: a\n") }, {}).stateEngine).toBe("leveldb");
  const config = file("state:\n  engine: rocksdb\n");
  expect(readSettings({ config }, {}).stateEngine).toBe("rocksdb");
  expect(readSettings({ config, stateEngine: "leveldb" }, {}).stateEngine).toBe("leveldb");
});

test("another state engine is refused with those there are, in the flag and in the file by its field", () => {
  expect(() => readSettings({ config: file(""), stateEngine: "rocks" }, {})).toThrow(
    "--state-engine rocks: write leveldb or rocksdb",
  );
  expect(() => readSettings({ config: file("state: { engine: rocks }\n") }, {})).toThrow("state.engine");
});

test("the prefix of other topics for replies is a name's beginning, and no internal one's", () => {
  expect(readSettings({ config: file("id: a\n") }, {}).replyPrefix).toBeUndefined();
  expect(readSettings({ config: file("replies: { prefix: answers. }\n") }, {}).replyPrefix).toBe("answers.");
  for (const wrong of ['""', "__", "a b"]) {
    expect(() => readSettings({ config: file(`replies: { prefix: ${wrong} }\n`) }, {})).toThrow("replies.prefix");
  }
});

test("HTTP is in the file with its place, its tokens and nothing else", () => {
  expect(readSettings({ config: file("id: a\n") }, {}).http).toBeUndefined();
  const config = file("http: { port: 8080, host: 0.0.0.0, tokensFile: tokens }\n");
  expect(readSettings({ config }, {}).http).toEqual({ port: 8080, host: "0.0.0.0", tokensFile: "tokens" });
  expect(readSettings({ config, http: { port: 1 } }, {}).http).toEqual({ port: 1, tokensFile: "tokens" });
  expect(() => readSettings({ config: file("http: { port: 99999 }\n") }, {})).toThrow("http.port");
  expect(() => readSettings({ config: file("http: { port: 1, tokens: [a] }\n") }, {})).toThrow("http");
  expect(() => readSettings({ config: file("id: a\n"), http: { port: 99_999 } }, {})).toThrow(
    "--http 99999: write a port",
  );
});

test("commits are as frequent as the delivery needs, unless the file says how frequent", () => {
  expect(readSettings({ config: file("id: a\n") }, {})).toMatchObject({ delivery: "exactlyOnce", commitIntervalMs: 5 });
  const config = file("delivery: atLeastOnce\n");
  expect(readSettings({ config }, {})).toMatchObject({ delivery: "atLeastOnce", commitIntervalMs: 1_000 });
  expect(readSettings({ config: file("commitIntervalMs: 20\n") }, {}).commitIntervalMs).toBe(20);
});

test("the embedded log is not synced unless the file or, before it, the flag says so", () => {
  expect(readSettings({ config: file("id: a\n") }, {}).sync).toBe("none");
  const config = file("sync: interval\n");
  expect(readSettings({ config }, {}).sync).toBe("interval");
  expect(readSettings({ config, sync: "each" }, {}).sync).toBe("each");
  expect(() => readSettings({ config, sync: "always" }, {})).toThrow("--sync always: write each, interval, none");
  expect(() => readSettings({ config: file("sync: always\n") }, {})).toThrow("sync");
});

test.each([
  ["a list is not closed", 'brokers: [a, b\nregistry: "http://maria:hunter2hunter2@host:1"\n'],
  ["a value has two colons", "registry: http://maria:hunter2hunter2@host: 8081\n"],
  ["a quote is open", 'registry: "http://maria:hunter2hunter2@host:1\n'],
  ["a field is none", "kafka: { sasl: { username: maria, password: hunter2hunter2 } }\n"],
  ["a field has another type", "registry: [http://maria:hunter2hunter2@host:1]\n"],
  ["an address is a field", "http://maria:hunter2hunter2@host: 1\n"],
])("a settings file in which %s is refused by its name, and its passwords are not shown", (_name, text) => {
  const config = file(text);
  let message = "";
  try {
    readSettings({ config }, {});
  } catch (error) {
    message = String(error) + (error as Error).stack;
  }
  expect(message).toContain(config);
  expect(message).not.toContain("hunter2hunter2");
});

test("a settings file that is no YAML is refused with the place of the problem", () => {
  expect(() => readSettings({ config: file("id: a\nbrokers: [a\nregistry: b\n") }, {})).toThrow(/line 3, column 1/);
});
