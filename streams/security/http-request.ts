import { request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import type { ConnectionOptions } from "node:tls";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly timeoutMs: number;
  /** An answer with more bytes is cut there: `tooLong` is then set. */
  readonly mostBytes: number;
  readonly tls?: Pick<ConnectionOptions, "ca" | "cert" | "key" | "passphrase"> | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly tooLong: boolean;
  /** Of a redirect, which is not followed: it could take a password elsewhere. */
  readonly location: string | undefined;
}

/** One request over HTTP or HTTPS. Rejects with the error of the connection, whose `code` names a fault of TLS. */
export function httpRequest(url: string, options: HttpRequest): Promise<HttpAnswer> {
  const { method, headers, body, timeoutMs, mostBytes, tls = {} } = options;
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const target = new URL(url);
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const how = { method, headers: { ...headers, ...length }, signal };
    const answered = (response: IncomingMessage): void => void textOf(response, mostBytes).then(resolve, reject);
    const request =
      target.protocol === "https:"
        ? requestHttps(target, { ...how, ...tls }, answered)
        : requestHttp(target, how, answered);
    request.on("error", reject);
    request.end(body);
  });
}

async function textOf(response: IncomingMessage, mostBytes: number): Promise<HttpAnswer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > mostBytes) break;
    chunks.push(chunk);
  }
  return {
    status: response.statusCode ?? 0,
    text: Buffer.concat(chunks).toString(),
    tooLong: bytes > mostBytes,
    location: response.headers.location,
  };
}
