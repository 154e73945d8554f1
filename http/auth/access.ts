import { DomainError } from "../../schemas/index.ts";
import type { Access } from "./rights.ts";
import type { Tokens } from "./tokens.ts";
import { parseTokens, readTokens, tokensByRole, type TokensByRole } from "./tokens.ts";

/** The place of the HTTP interface, and who may use it. */
export interface HttpSettings {
  /** 0: any free port. */
  readonly port: number;
  /** Absent: the loopback address, which only this machine reaches. `0.0.0.0`: all. */
  readonly host?: string | undefined;
  /** Tokens by role, or as the text of a file has them. */
  readonly tokens?: TokensByRole | string | undefined;
  /** A file with a role and a token each line. */
  readonly tokensFile?: string | undefined;
  /** `none`: who reaches the port may do everything. Default `tokens`: without any, only this machine may. */
  readonly auth?: "tokens" | "none" | undefined;
}

/** Names of the settings, as the person who gave them knows them. */
export interface HttpNames {
  readonly http: string;
  readonly tokens: string;
  readonly tokensFile: string;
  readonly auth: string;
}

export const httpNames: HttpNames = Object.freeze({
  ...{ http: "http", tokens: "http.tokens", tokensFile: "http.tokensFile", auth: "http.auth" },
});

const LOCAL = /^(?:localhost|127(?:\.\d+){3}|::1)$/i;

/** Reads the tokens. Throws `BAD_SETTING` where the settings contradict each other, or leave a port open to others. */
export function accessOf(settings: HttpSettings, names: HttpNames): Access {
  const { host = "127.0.0.1", auth = "tokens" } = settings;
  const tokens = tokensOf(settings, names);
  if (auth === "none") {
    if (tokens === undefined) return {};
    throw wrong(`${names.auth} none: tokens are given too; leave one of the two out`);
  }
  if (tokens !== undefined) return { tokens };
  if (LOCAL.test(host)) return { hosts: new Set(["localhost", "127.0.0.1", "::1", "[::1]", host.toLowerCase()]) };
  throw wrong(
    `${names.http} ${host}: other machines could ask and report here; give ${names.tokensFile}, or ${names.auth} none where nobody else reaches the port`,
  );
}

function tokensOf({ tokens, tokensFile }: HttpSettings, names: HttpNames): Tokens | undefined {
  if (tokens !== undefined && tokensFile !== undefined)
    throw wrong(`${names.tokens} and ${names.tokensFile} are given: leave one of the two out`);
  if (tokensFile !== undefined) return readTokens(tokensFile, names.tokensFile);
  if (tokens === undefined) return undefined;
  if (typeof tokens === "string") return parseTokens(tokens, names.tokens);
  const known = tokensByRole(tokens, names.tokens);
  if (known.size === 0) throw wrong(`${names.tokens}: there is no token`);
  return known;
}

const wrong = (message: string): DomainError => new DomainError("BAD_SETTING", message);
