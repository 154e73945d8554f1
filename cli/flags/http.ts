import { parsePort, type SettingsOptions } from "../../loop/index.ts";
import { UsageError } from "../exit-codes.ts";

type Http = SettingsOptions["http"];

/** `8080`, `0.0.0.0:8080` or `[::1]:8080`. */
export function address(text: string, flag: string): { readonly host?: string; readonly port: number } {
  const colon = text.lastIndexOf(":");
  const port = parsePort(text.slice(colon + 1), flag);
  return colon <= 0 ? { port } : { host: text.slice(0, colon).replace(/^\[|\]$/g, ""), port };
}

/** Names in errors: a flag where there is one. */
export const httpFlagNames = Object.freeze({
  http: "--http",
  tokens: "LOOPSTREAM_HTTP_TOKENS",
  tokensFile: "--http-tokens-file",
  auth: "--http-auth",
});

interface Given {
  readonly http?: Http;
  readonly httpTokensFile?: string | undefined;
  readonly httpAuth?: "tokens" | "none" | undefined;
}

/** The settings of HTTP: flags come first, then the environment, then the file. Tokens themselves are never flags. */
export function givenHttp(flags: Given, environment: NodeJS.ProcessEnv, ofFile: Http): Http {
  const { LOOPSTREAM_HTTP: at, LOOPSTREAM_HTTP_TOKENS: tokens, LOOPSTREAM_HTTP_TOKENS_FILE: path } = environment;
  const place = flags.http ?? (at === undefined ? ofFile : address(at, "LOOPSTREAM_HTTP"));
  if (place === undefined) {
    const alone = flags.httpTokensFile !== undefined ? "--http-tokens-file" : flags.httpAuth && "--http-auth";
    if (alone === undefined) return undefined;
    throw new UsageError(`${alone} is given and --http is not: add --http 8080`);
  }
  const tokensFile = flags.httpTokensFile ?? (tokens === undefined ? (path ?? ofFile?.tokensFile) : undefined);
  const auth = flags.httpAuth ?? ofFile?.auth;
  return {
    ...place,
    ...(tokensFile === undefined ? { tokensFile: undefined, tokens } : { tokensFile }),
    ...(auth === undefined ? {} : { auth }),
  };
}
