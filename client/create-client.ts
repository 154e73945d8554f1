import type { Client, ClientOptions } from "./client.ts";
import { directClient } from "./direct-client.ts";
import { constantLink } from "./link.ts";
import { stayingClient } from "./staying-client.ts";
import type { AnyUseCase, UseCases } from "./use-cases.ts";

/**
 * A client that asks for decisions and reports observations and events. Connects with the first call, or at once if its
 * spool holds records of a former client. Throws what is wrong with the spool: `BACKBONE_LOCKED` if another process has
 * it open, `NEWER_RELEASE`, `BAD_DIRECTORY` or `STATE_UNAVAILABLE`.
 */
export function createClient<T extends UseCases<T> = AnyUseCase>(options: ClientOptions): Client<T> {
  const direct = directClient(options);
  const links = constantLink(direct, options.backbone);
  return stayingClient({ ...options, links, close: () => direct.close() }) as unknown as Client<T>;
}
