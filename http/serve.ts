import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { recordLimits } from "../schemas/index.ts";
import type { Log, Metrics } from "../streams/index.ts";
import { accessOf, httpNames, type HttpNames, type HttpSettings } from "./auth/access.ts";
import { createServer, type Patience } from "./server.ts";
import { SourceSlot, type HttpSource } from "./source.ts";
import { unaskedConnections } from "./unasked.ts";

export interface HttpOptions extends HttpSettings {
  readonly log: Log;
  readonly metrics: Metrics;
  /** Of the program. */
  readonly version: string;
  /** How long a request may take to arrive. Absent: the limits. */
  readonly patience?: Patience | undefined;
  /** Names of the settings in errors. Absent: those of a program. */
  readonly names?: HttpNames | undefined;
}

/** The HTTP interface of one process. It listens before the loop runs, and says so. */
export interface HttpDoor {
  readonly port: number;
  /** From now on requests are answered by this loop. */
  enter(source: HttpSource): void;
  /** Takes no more requests, and ends once those under way are answered; after `httpCloseMs` it ends all the same. */
  close(): Promise<void>;
}

/**
 * Listens for HTTP requests. Rejects with `BAD_SETTING`, and with Node's error if the port can't be opened.
 */
export async function serveHttp(options: HttpOptions): Promise<HttpDoor> {
  const { host = "127.0.0.1", port, log, metrics, version, patience, names = httpNames } = options;
  const slot = new SourceSlot();
  const app = await createServer({ ...accessOf(options, names), slot, log, metrics, version, patience });
  const unasked = unaskedConnections(app.server);
  await app.listen({ host, port });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    const late = new AbortController();
    void delay(recordLimits.httpCloseMs, undefined, { signal: late.signal }).then(
      () => app.server.closeAllConnections(),
      () => undefined,
    );
    const closed = app.close();
    unasked.close();
    await closed.finally(() => late.abort());
    slot.leave();
  };
  return {
    port: (app.server.address() as AddressInfo).port,
    enter: (source) => slot.enter(source),
    close: () => (closing ??= close()),
  };
}
