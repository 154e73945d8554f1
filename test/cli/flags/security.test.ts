import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { securityFlags, securityHelp } from "../../../cli/flags/security.ts";
import { readSettings } from "../../../cli/flags/settings.ts";
import { securityNames } from "../../../loop/index.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-flags-"));
});
afterEach(() => rmSync(dir, { recursive: true }));
const file = (text: string): string => {
  const path = join(dir, "loopstream.yaml");
  writeFileSync(path, `brokers: [a:1]\nregistry: http://a:2\n${text}`);
  return path;
};
const inFile =
  "security: { security.protocol: SASL_SSL, sasl.mechanism: PLAIN, sasl.username: of-file, sasl.password: of-file-1 }\n";

test("flags come before the environment, and that before the file, setting by setting", () => {
  const config = file(inFile);
  expect(readSettings({ config }, {}).security["sasl.username"]).toBe("of-file");
  const environment = { KAFKA_SASL_USERNAME: "of-env", KAFKA_SASL_MECHANISM: "SCRAM-SHA-256" };
  const flags = { config, "sasl.mechanism": "SCRAM-SHA-512" };
  expect(readSettings(flags, environment).security).toEqual({
    "security.protocol": "SASL_SSL",
    "sasl.mechanism": "SCRAM-SHA-512",
    "sasl.username": "of-env",
    "sasl.password": "of-file-1",
  });
});

test("a secret and its file are one setting: either displaces both of a later place", () => {
  const path = join(dir, "password");
  writeFileSync(path, "of-a-file-1");
  const { security } = readSettings({ config: file(inFile) }, { KAFKA_SASL_PASSWORD_FILE: path });
  expect([security["sasl.password"], security["sasl.password.file"]]).toEqual([undefined, path]);
});

test("variables of Kafka mean nothing without brokers", () => {
  const config = join(dir, "empty.yaml");
  writeFileSync(config, "id: a\n");
  expect(readSettings({ config }, { KAFKA_SECURITY_PROTOCOL: "SASL_SSL" }).security).toEqual({});
  expect(() => readSettings({ config, "security.protocol": "SSL" } as never, {})).toThrow(
    "--security-protocol is given and no brokers are",
  );
});

test("a wrong setting is named as its giver knows it", () => {
  expect(() => readSettings({ config: file(""), "security.protocol": "TLS" } as never, {})).toThrow(
    "--security-protocol: TLS",
  );
  expect(() => readSettings({ config: file("") }, { KAFKA_SECURITY_PROTOCOL: "TLS" })).toThrow(
    "KAFKA_SECURITY_PROTOCOL: TLS",
  );
  expect(() => readSettings({ config: file("security: { security.protocol: TLS }\n") }, {})).toThrow(
    "security: security.protocol: TLS",
  );
  expect(() => readSettings({ config: file("security: { sasl.password: 12345678 }\n") }, {})).toThrow("in quotes");
});

test("each setting has a flag, and the help names it", () => {
  expect(Object.keys(securityFlags)).toEqual([...securityNames.keys()]);
  for (const [name, { options }] of Object.entries(securityFlags)) {
    expect(options[0]!.long).toBe(`--${name.replaceAll(".", "-")}`);
    if (!name.endsWith(".file")) expect(securityHelp).toContain(options[0]!.long!);
  }
});

test("copies of new topics are whole numbers, and no more have a write than there are", () => {
  const config = file("replicationFactor: 3\nminInsyncReplicas: 2\n");
  expect(readSettings({ config }, {})).toMatchObject({ replicationFactor: 3, minInsyncReplicas: 2 });
  expect(readSettings({ config, minInsyncReplicas: 1 }, {}).minInsyncReplicas).toBe(1);
  expect(() => readSettings({ config, minInsyncReplicas: 4 }, {})).toThrow(
    "--min-insync-replicas 4: no write would ever be answered with 3 copies",
  );
});
