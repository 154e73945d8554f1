import type { Client, ClientOptions } from "./client.ts";
import { directClient } from "./direct-client.ts";
import { constantLink } from "./link.ts";
import { stayingClient, type StayingOptions } from "./staying-client.ts";
import type { AnyUseCase, UseCases } from "./use-cases.ts";

/**
 * A client that asks for decisions and reports observations and events. Connects with the first call, or at once if its
 * spool holds records of a former client. Throws what is wrong with the spool: `BACKBONE_LOCKED` if another process has
 * it open, `NEWER_RELEASE`, `BAD_DIRECTORY` or `STATE_UNAVAILABLE`.
 * @param latest no clock that may be right is ahead of it, ms. Absent: the client's own clock
 */
export function createClient<T extends UseCases<T> = AnyUseCase>(
  options: ClientOptions,
  latest?: StayingOptions["latest"],
): Client<T> {
  const direct = directClient(options);
  const links = constantLink(direct, options.backbone);
  return stayingClient({ ...options, links, latest, close: () => direct.close() }) as unknown as Client<T>;
}
