import { directClient, type DirectOptions, type Link } from "../../client/index.ts";
import { hasCode, reasonOf, StreamsError } from "../../streams/index.ts";
import { start, type Place, type StartOptions } from "../start.ts";
import { whenSomebodyRuns } from "./when-somebody-runs.ts";

/** One period of this process with a client. It ends with the process that this one works through. */
export interface Session extends Link {
  readonly place: Place;
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly start: StartOptions;
  readonly client: Omit<DirectOptions, "backbone" | "registry" | "subjectPrefix">;
}

/** A close waits so long for a process that does not answer. Then it cuts the connection, which takes 5 s at most. */
const PEER_PATIENCE_MS = 1_000;

/**
 * Runs the loop here, or joins the process that has the embedded log open and runs the loop. Rejects with the signal's
 * reason.
 * @param first waits for something that is not there yet; later the caller does.
 */
export async function openSession(
  { start: options, client }: SessionOptions,
  signal: AbortSignal,
  first: boolean,
): Promise<Session> {
  for (;;) {
    let failure: { readonly error: unknown } | undefined;
    const onFailure = (error: unknown): void => {
      failure = { error };
      options.onFailure?.(error);
    };
    const patienceMs = first ? undefined : 0;
    const place = await start({ ...options, signal, onFailure, patienceMs }).catch((error: unknown) => {
      if (hasCode(error, "BACKBONE_GONE")) return undefined;
      throw error;
    });
    signal.throwIfAborted();
    // That process ended during the joining.
    if (place === undefined) continue;
    try {
      const joins = place.connection.shared && options.run === "free";
      if (!joins || (await whenSomebodyRuns(place, options.settings.dir, signal))) {
        return sessionAt(place, client, () => failure);
      }
    } catch (error) {
      await place.close().catch(() => undefined);
      throw error;
    }
    await place.close().catch(() => undefined);
  }
}

function sessionAt(
  place: Place,
  options: SessionOptions["client"],
  failure: () => { readonly error: unknown } | undefined,
): Session {
  const { backbone, registry, subjectPrefix, gone, shared } = place.connection;
  const client = directClient({ ...options, backbone, registry, subjectPrefix });
  return {
    ...{ place, client, backbone, gone },
    check() {
      const stopped = failure();
      if (stopped === undefined) return;
      const reason = reasonOf(stopped.error);
      throw new StreamsError("CLOSED", `the loop in this process has stopped: ${reason}; close it`, stopped.error);
    },
    async close() {
      const closing = client.close().finally(() => place.close());
      if (!shared) return closing;
      const cut = setTimeout(() => {
        place.connection.close().catch(() => undefined);
      }, PEER_PATIENCE_MS);
      try {
        await closing;
      } catch (error) {
        if (!gone.aborted) throw error;
      } finally {
        clearTimeout(cut);
      }
    },
  };
}
