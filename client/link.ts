import type { Backbone } from "../streams/client/index.ts";
import type { DirectClient } from "./direct-client.ts";

/** One connection to the loop's topics. */
export interface Link {
  readonly client: DirectClient;
  readonly backbone: Backbone;
  /** Aborted when the other side has gone: another link follows. */
  readonly gone: AbortSignal;
  /** Throws once nothing can be asked over it any more, though it has not gone. */
  check(): void;
}

export interface LinkWatcher {
  /** A link is there. */
  opened(): void;
  /** There is none, for this reason. Called again for each attempt that fails. */
  failed(error: unknown): void;
}

/** Links one after the other, as the other side comes and goes. */
export interface Links {
  /** `undefined` while there is none. */
  readonly now: Link | undefined;
  /** The current link or the next one. Rejects with `TIMEOUT` after `timeoutMs`, and with `CLOSED`. */
  next(timeoutMs: number): Promise<Link>;
  /** The watcher hears of links from now on. */
  watch(watcher: LinkWatcher): void;
}

/** One connection that comes back by itself, as a backbone's on Kafka does. */
export function constantLink(client: DirectClient, backbone: Backbone): Links {
  const link: Link = { client, backbone, gone: new AbortController().signal, check: () => undefined };
  return { now: link, next: () => Promise.resolve(link), watch: () => undefined };
}
