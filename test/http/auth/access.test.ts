import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { accessOf, httpNames, type HttpSettings } from "../../../http/auth/access.ts";
import { parseTokens } from "../../../http/auth/tokens.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "loopstream-tokens-"));
});
afterEach(() => rmSync(dir, { recursive: true }));
const file = (text: string): string => {
  const path = join(dir, "tokens");
  writeFileSync(path, text);
  chmodSync(path, 0o600);
  return path;
};
const secret = "hunter2hunter2hunter2==";

test("a file has a role and a token each line, with comments; a variable has them between commas", () => {
  const tokensFile = file(`# of the shop\nproducer ${secret}\r\n\n  viewer: abcdefghijklmnop # dashboards\n`);
  const { tokens } = accessOf({ port: 1, host: "0.0.0.0", tokensFile }, httpNames);
  expect([secret, "abcdefghijklmnop", "hunter2hunter2hunter2", ""].map((token) => tokens?.roleOf(token))).toEqual([
    ...["producer", "viewer", undefined, undefined],
  ]);
  const known = parseTokens(`operator=${secret},producer abcdefghijklmnop`, "V");
  expect(known.roleOf(secret)).toBe("operator");
});

test.each<[string, (path: string) => Partial<HttpSettings>, RegExp]>([
  [
    "another address without tokens",
    () => ({ host: "0.0.0.0" }),
    /^http 0\.0\.0\.0: other machines could ask.*http\.tokensFile.*http\.auth none/,
  ],
  ["an address by name without tokens", () => ({ host: "example.com" }), /other machines could ask/],
  [
    "tokens that are not asked for",
    () => ({ auth: "none", tokens: { producer: [secret] } }),
    /http\.auth none: tokens are given too/,
  ],
  ["tokens in two places", (path) => ({ tokens: `producer ${secret}`, tokensFile: path }), /leave one of the two out/],
  ["no token", () => ({ tokens: {} }), /there is no token/],
  ["an empty file", () => ({ tokensFile: file("# none\n") }), /there is no token: write a line of role and token/],
  [
    "a file that is not there",
    () => ({ tokensFile: "/nowhere/tokens" }),
    /^http\.tokensFile: \/nowhere\/tokens: there is no such file/,
  ],
  [
    "an unknown role",
    () => ({ tokensFile: file(`admin ${secret}`) }),
    /line 1 is no role \(producer, viewer, operator\)/,
  ],
  ["a token alone", () => ({ tokensFile: file(`viewer abcdefghijklmnop\n${secret}`) }), /line 2 is no role/],
  ["a short token", () => ({ tokens: "producer abc" }), /less than 16 characters/],
  ["a token twice", () => ({ tokens: { producer: [secret], viewer: [secret] } }), /given twice/],
  ["a token that no header takes", () => ({ tokens: { producer: [`${secret} ${secret}`] } }), /no header takes/],
])("%s is refused, and no token is shown", (_, settings, message) => {
  let error: unknown;
  try {
    accessOf({ port: 1, ...settings(file(`producer ${secret}`)) }, httpNames);
  } catch (thrown) {
    error = thrown;
  }
  expect(error).toMatchObject({ code: "BAD_SETTING", message: expect.stringMatching(message) as string });
  expect(String(error)).not.toContain(secret);
});

test("this machine needs no tokens, and a port that says so neither", () => {
  for (const host of [undefined, "127.0.0.1", "localhost", "::1"])
    expect(accessOf({ port: 1, host }, httpNames).hosts?.has("localhost")).toBe(true);
  expect(accessOf({ port: 1, host: "0.0.0.0", auth: "none" }, httpNames)).toEqual({});
});
