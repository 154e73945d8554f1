import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SettingsError, settingsOf, type SecurityOptions } from "../../../../loop/index.ts";
import { securityOf } from "../../../../loop/settings/security/security.ts";
import { withoutSecrets } from "../../../../streams/index.ts";
import { keyPassword, makeCertificates, type Certificates } from "../../../servers/certificates.ts";

const https = "https://registry:8081";
const login = {
  "security.protocol": "SASL_SSL",
  "sasl.mechanism": "PLAIN",
  "sasl.username": "maria",
  "sasl.password": "hunter2hunter2",
} as const;
let dir: string;
let made: Certificates;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-security-"));
  made = await makeCertificates(dir);
  writeFileSync(join(dir, "password"), "in-the-file-1\n");
  writeFileSync(join(dir, "empty"), "\n");
});
afterAll(() => rmSync(dir, { recursive: true }));

test("nothing given is plain text without a login", () => {
  expect(securityOf({}, "http://registry:8081")).toEqual({ kafka: {}, registry: {} });
  expect(securityOf({ "security.protocol": "plaintext" }, undefined).kafka).toEqual({});
});

test("a login and TLS are as the clients take them, and a password may lie in a file", () => {
  expect(securityOf(login, https).kafka).toEqual({
    ssl: {},
    sasl: { mechanism: "plain", username: "maria", password: "hunter2hunter2" },
  });
  const { "sasl.password": _left, ...rest } = login;
  const inFile = { ...rest, "security.protocol": "SASL_PLAINTEXT", "sasl.password.file": join(dir, "password") };
  expect(securityOf(inFile, https).kafka).toEqual({
    sasl: { mechanism: "plain", username: "maria", password: "in-the-file-1" },
  });
  expect(withoutSecrets("with in-the-file-1")).toBe("with ***");
});

test("the registry has a user whose password may hold colons, or a token, and TLS of its own", () => {
  const user = { "schema.registry.basic.auth.user.info": "maria:a:b:hunter2" };
  expect(securityOf(user, https).registry).toEqual({ auth: { username: "maria", password: "a:b:hunter2" } });
  const token = { "schema.registry.bearer.auth.token": "token-hunter2", "schema.registry.ssl.ca.location": made.ca };
  expect(securityOf(token, https).registry).toEqual({
    token: "token-hunter2",
    tls: { ca: expect.stringContaining("-----BEGIN CERTIFICATE") as string },
  });
});

test("PEM may be given itself, and a key may be encrypted", () => {
  const options = {
    "security.protocol": "SSL",
    "ssl.certificate.location": made.client.cert,
    "ssl.key.location": made.encryptedKey,
    "ssl.key.password": keyPassword,
  };
  const { ssl } = securityOf(options, undefined).kafka;
  expect(ssl).toMatchObject({ cert: expect.any(String) as string, passphrase: keyPassword });
  const itself = (ssl as { cert: string }).cert;
  expect(securityOf({ ...options, "ssl.certificate.location": itself }, undefined).kafka.ssl).toEqual(ssl);
});

test.each<[string, () => Record<string, string | undefined>, RegExp]>([
  [
    "an unknown name",
    () => ({ "ssl.ca.locaton": "x" }),
    /no setting ssl\.ca\.locaton: did you mean ssl\.ca\.location\?/,
  ],
  ["a name of Java's alone", () => ({ "sasl.jaas.config": "x" }), /write sasl\.username and sasl\.password/],
  ["a name of librdkafka's alone", () => ({ "enable.ssl.certificate.verification": "false" }), /always checked/],
  ["another protocol", () => ({ "security.protocol": "TLS" }), /security\.protocol: TLS .*SASL_PLAINTEXT or SASL_SSL/],
  [
    "a login without a protocol",
    () => ({ "sasl.mechanism": "PLAIN" }),
    /security\.protocol is not: set it to SASL_SSL/,
  ],
  ["a login for SSL", () => ({ ...login, "security.protocol": "SSL" }), /not used with security\.protocol SSL/],
  [
    "TLS for plain text",
    () => ({ "security.protocol": "PLAINTEXT", "ssl.ca.location": "x" }),
    /ssl\.ca\.location: is not used/,
  ],
  ["no mechanism", () => ({ "security.protocol": "SASL_SSL" }), /needs sasl\.mechanism: write PLAIN/],
  ["another mechanism", () => ({ ...login, "sasl.mechanism": "GSSAPI" }), /GSSAPI is none of those/],
  [
    "no password",
    () => ({ "security.protocol": "SASL_SSL", "sasl.mechanism": "PLAIN", "sasl.username": "a" }),
    /needs sasl\.password/,
  ],
  ["an empty password", () => ({ ...login, "sasl.password": "" }), /sasl\.password: it is empty/],
  ["a password twice", () => ({ ...login, "sasl.password.file": "x" }), /given twice/],
  ["a password's file that is empty", () => ({ ...loginBy(join(dir, "empty")) }), /empty is empty/],
  [
    "a password's file that is not there",
    () => ({ ...loginBy("/nowhere") }),
    /sasl\.password\.file: \/nowhere: there is no such file/,
  ],
  ["a CA that is not there", () => ({ "security.protocol": "SSL", "ssl.ca.location": "/nowhere" }), /no such file/],
  [
    "a CA that is no PEM",
    () => ({ "security.protocol": "SSL", "ssl.ca.location": join(dir, "password") }),
    /is no PEM file/,
  ],
  [
    "a certificate without its key",
    () => ({ "security.protocol": "SSL", "ssl.certificate.location": made.client.cert }),
    /needs ssl\.key\.location/,
  ],
  [
    "another's key",
    () => ({
      "security.protocol": "SSL",
      "ssl.certificate.location": made.client.cert,
      "ssl.key.location": made.stranger.key,
    }),
    /do not go together/,
  ],
  [
    "an encrypted key without its password",
    () => ({
      "security.protocol": "SSL",
      "ssl.certificate.location": made.client.cert,
      "ssl.key.location": made.encryptedKey,
    }),
    /do not go together/,
  ],
  ["a token endpoint that is none", () => ({ ...oauth, "sasl.oauthbearer.token.endpoint.url": "idp" }), /write a URL/],
  [
    "a token endpoint without a client",
    () => ({ ...oauth, "sasl.oauthbearer.token.endpoint.url": "https://idp/" }),
    /client\.id and/,
  ],
  [
    "two logins at the registry",
    () => ({
      "schema.registry.basic.auth.user.info": "a:hunter2hunter2",
      "schema.registry.bearer.auth.token": "t-hunter2",
    }),
    /one of several/,
  ],
  [
    "a registry's user without a password",
    () => ({ "schema.registry.basic.auth.user.info": "maria" }),
    /write it as user:password/,
  ],
])("%s is refused by its name, and no secret is shown", (_name, options, message) => {
  let thrown: unknown;
  try {
    securityOf(options() as SecurityOptions, https);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(SettingsError);
  expect((thrown as Error).message).toMatch(message);
  expect(inspect(thrown)).not.toContain("hunter2");
});

test("TLS for a registry without it, and settings of Kafka without brokers, are refused", () => {
  const ca = { "schema.registry.ssl.ca.location": made.ca };
  expect(() => securityOf(ca, "http://registry:8081")).toThrow("write https://");
  expect(() => securityOf({ "schema.registry.bearer.auth.token": "t-hunter2" }, undefined)).toThrow(
    "no schema registry",
  );
  expect(() => settingsOf({ security: login })).toThrow("security.protocol is given and no brokers are");
});

const oauth = { "security.protocol": "SASL_SSL", "sasl.mechanism": "OAUTHBEARER" };
const loginBy = (file: string): SecurityOptions => ({
  "security.protocol": "SASL_SSL",
  "sasl.mechanism": "PLAIN",
  "sasl.username": "maria",
  "sasl.password.file": file,
});
