import { expect, test } from "vitest";
import { address, givenHttp } from "../../../cli/flags/http.ts";

test("a port alone, with a host, and with an address of IPv6", () => {
  expect(["8080", "0.0.0.0:8080", "[::1]:0"].map((text) => address(text, "--http"))).toEqual([
    { port: 8080 },
    { host: "0.0.0.0", port: 8080 },
    { host: "::1", port: 0 },
  ]);
  for (const wrong of ["", "http", "localhost:", "1:99999"]) expect(() => address(wrong, "--http")).toThrow(/^--http/);
});

test("flags come before variables, and variables before the file, for the place and for the tokens", () => {
  const ofFile = { port: 1, tokensFile: "of-file" };
  expect(givenHttp({}, {}, undefined)).toBeUndefined();
  expect(givenHttp({}, {}, ofFile)).toMatchObject({ port: 1, tokensFile: "of-file" });
  expect(givenHttp({}, { LOOPSTREAM_HTTP: "2", LOOPSTREAM_HTTP_TOKENS_FILE: "v" }, ofFile)).toMatchObject({
    port: 2,
    tokensFile: "v",
  });
  expect(givenHttp({}, { LOOPSTREAM_HTTP_TOKENS: "producer x" }, ofFile)).toEqual({
    port: 1,
    tokens: "producer x",
    tokensFile: undefined,
  });
  const flags = { http: { port: 3 }, httpTokensFile: "f", httpAuth: "none" } as const;
  expect(givenHttp(flags, { LOOPSTREAM_HTTP_TOKENS: "producer x" }, ofFile)).toEqual({
    port: 3,
    tokensFile: "f",
    auth: "none",
  });
});

test("flags that mean nothing without a port are refused; variables of another program are not", () => {
  expect(() => givenHttp({ httpTokensFile: "f" }, {}, undefined)).toThrow(
    "--http-tokens-file is given and --http is not",
  );
  expect(() => givenHttp({ httpAuth: "none" }, {}, undefined)).toThrow("--http-auth is given");
  expect(givenHttp({}, { LOOPSTREAM_HTTP_TOKENS: "producer x" }, undefined)).toBeUndefined();
});
