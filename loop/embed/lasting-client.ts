import { randomUUID } from "node:crypto";
import {
  clientDefaults,
  defaultDecision,
  type AnyUseCase,
  type Client,
  type ClientOptions,
} from "../../client/index.ts";
import { streamsLimits } from "../../streams/index.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

/** A call. With an id it has the same effect once and twice, and may be made again. */
interface Call<R> {
  readonly timeoutMs: number;
  /** Whether the call may be made again in the next session. */
  readonly again: boolean;
  make(session: Session, leftMs: number): Promise<R>;
  hasFailed(result: R): boolean;
}

/**
 * A client's calls, made in the current session. If the session ends meanwhile, decisions and observations are made
 * again in the next one, under the same ids. An event has no id and is not made again.
 */
export function lastingClient(sessions: Sessions, options: ClientOptions["defaults"] = {}): Omit<Client, "close"> {
  const defaults = { ...clientDefaults, ...options };
  return {
    async getDecision(useCase, request, call = {}) {
      const { decisionId = randomUUID() } = request;
      const { timeout = defaults.timeout, throwOnError = defaults.throwOnError, time = Date.now() } = call;
      const asked = { ...request, decisionId };
      try {
        return await make(sessions, {
          ...{ timeoutMs: timeout, again: true },
          make: ({ client }, leftMs) => client.getDecision(useCase, asked, { ...call, timeout: leftMs, time }),
          hasFailed: ({ reason }) => reason === "error",
        });
      } catch (error) {
        if (throwOnError) throw error;
        return defaultDecision(decisionId, (call.default ?? null) as NonNullable<typeof call.default>, error);
      }
    },
    async logObservations(decisionId, values, call = {}) {
      const { observationId = randomUUID(), throwOnError = defaults.throwOnError, time = Date.now() } = call;
      const told = { ...call, observationId, time };
      try {
        return await make(sessions, {
          ...{ timeoutMs: streamsLimits.startPatienceMs, again: true },
          make: ({ client }) => client.logObservations(decisionId, values, told),
          hasFailed: ({ ok }) => !ok,
        });
      } catch (error) {
        if (throwOnError) throw error;
        return { ok: false, observationId, error: textOf(error) };
      }
    },
    async logEvent(kind, attributes, call = {}) {
      try {
        return await make(sessions, {
          ...{ timeoutMs: streamsLimits.startPatienceMs, again: false },
          make: ({ client }) => client.logEvent(kind, attributes, { time: Date.now(), ...call }),
          hasFailed: ({ ok }) => !ok,
        });
      } catch (error) {
        if (call.throwOnError ?? defaults.throwOnError) throw error;
        return { ok: false, error: textOf(error) };
      }
    },
  } satisfies Omit<Client<AnyUseCase>, "close">;
}

async function make<R>(sessions: Sessions, { timeoutMs, again, make: call, hasFailed }: Call<R>): Promise<R> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const session = sessions.now ?? (await sessions.next(deadline - performance.now()));
    session.check();
    try {
      const result = await call(session, deadline - performance.now());
      if (!again || !session.gone.aborted || !hasFailed(result) || performance.now() > deadline) return result;
    } catch (error) {
      if (!again || !session.gone.aborted || performance.now() > deadline) throw error;
    }
  }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
