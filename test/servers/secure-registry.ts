import { readFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Certificates } from "./certificates.ts";

export interface SecureRegistry {
  readonly url: string;
  close(): Promise<void>;
}

export const registryUser = { username: "schemas", password: "of:the-registry-1" } as const;
export const registryToken = "registry-token-1";

/** Stands before a registry: TLS, and a user or a token. The user `guest` may read nothing. */
export async function secureRegistry(target: string, { server }: Certificates): Promise<SecureRegistry> {
  const { hostname, port, pathname } = new URL(target);
  const basic = (user: string, password: string): string =>
    `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const known = [basic(registryUser.username, registryUser.password), `Bearer ${registryToken}`];
  const guest = basic("guest", "guest-1");
  const tls = { cert: readFileSync(server.cert), key: readFileSync(server.key) };
  const proxy = createServer(tls, (asked, answer) => {
    const { authorization = "", host: _host, ...headers } = asked.headers;
    const status = known.includes(authorization) ? 200 : authorization === guest ? 403 : 401;
    if (status !== 200) {
      asked.resume();
      return void answer.writeHead(status, { "content-type": "application/json" }).end('{"message":"no"}');
    }
    const on = request({ hostname, port, path: asked.url, method: asked.method, headers }, (answered) => {
      answer.writeHead(answered.statusCode!, answered.headers);
      answered.pipe(answer);
    });
    on.on("error", () => answer.destroy());
    asked.pipe(on);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    url: `https://localhost:${(proxy.address() as AddressInfo).port}${pathname}`,
    close: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
}
