import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { StreamsError } from "../errors.ts";
import { keepSecret, shownAddress } from "../secrets.ts";
import { httpRequest } from "./http-request.ts";

export interface BearerTokenOptions {
  /** URL of the token endpoint (`https:`, `http:`), or of a file that holds a token (`file:`). */
  readonly url: string;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly scope?: string | undefined;
  /** PEM of the CA of the endpoint, beside those of this machine. */
  readonly ca?: string | undefined;
}

const TIMEOUT_MS = 5_000;
/** A token is asked for again when this share of its life is over. */
const KEPT_SHARE = 0.8;
const SHORTEST_LIFE_S = 1;

/**
 * Tokens for SASL OAUTHBEARER: by OAuth's client credentials, kept for most of their life, or from a file that is read
 * for each connection. The call rejects with `AUTHENTICATION_FAILED` if the endpoint refuses, and with
 * `BACKBONE_UNAVAILABLE` if it does not answer.
 */
export function bearerTokens(options: BearerTokenOptions): () => Promise<string> {
  if (options.url.startsWith("file:")) return () => tokenIn(options.url);
  let kept: { readonly token: string; readonly until: number } | undefined;
  let asking: Promise<string> | undefined;
  const ask = async (): Promise<string> => {
    const { token, seconds } = await askFor(options);
    kept = { token, until: performance.now() + seconds * 1_000 * KEPT_SHARE };
    return token;
  };
  return async () => {
    if (kept !== undefined && performance.now() < kept.until) return kept.token;
    return (asking ??= ask().finally(() => (asking = undefined)));
  };
}

async function tokenIn(url: string): Promise<string> {
  try {
    const token = (await readFile(fileURLToPath(url), "utf8")).trim();
    keepSecret(token);
    return token;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StreamsError("AUTHENTICATION_FAILED", `no token can be read from ${url}: ${reason}`, error);
  }
}

async function askFor(options: BearerTokenOptions): Promise<{ readonly token: string; readonly seconds: number }> {
  const { url, clientId = "", clientSecret = "", scope, ca } = options;
  const form = new URLSearchParams({ grant_type: "client_credentials", ...(scope === undefined ? {} : { scope }) });
  const user = [clientId, clientSecret].map((part) => encodeURIComponent(part)).join(":");
  const at = shownAddress(url);
  const answer = await httpRequest(url, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(user).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
    },
    body: form.toString(),
    timeoutMs: TIMEOUT_MS,
    mostBytes: 1 << 20,
    ...(ca === undefined ? {} : { tls: { ca } }),
  }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StreamsError("BACKBONE_UNAVAILABLE", `the token endpoint ${at} does not answer: ${reason}`, error);
  });
  if (answer.status >= 500) {
    throw new StreamsError("BACKBONE_UNAVAILABLE", `the token endpoint ${at} answers ${answer.status}`);
  }
  const { access_token: token, expires_in: seconds = 0 } = fieldsOf(answer.text);
  if (answer.status !== 200 || typeof token !== "string") {
    throw new StreamsError(
      "AUTHENTICATION_FAILED",
      `the token endpoint ${at} gives no token (${answer.status}): check the client's id, its secret and the scope`,
    );
  }
  keepSecret(token);
  return { token, seconds: Math.max(SHORTEST_LIFE_S, Number(seconds) || 0) };
}

function fieldsOf(text: string): { readonly access_token?: unknown; readonly expires_in?: unknown } {
  try {
    return (JSON.parse(text) ?? {}) as object;
  } catch {
    return {};
  }
}
