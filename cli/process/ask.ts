import { createClient, type Decision } from "../../client/index.ts";
import { startAlone, type Settings } from "../../loop/index.ts";
import type { Candidate } from "../../schemas/index.ts";
import { StreamsError, within, type Log } from "../../streams/index.ts";
import { createLog } from "../text/log.ts";
import { checkLog, connectHere } from "./connection.ts";
import { tellUndeclared } from "./tell-undeclared.ts";

/** Time for the connection, beside the time for the answer. */
const CONNECT_MS = 3_000;
/** A timer holds no more. */
export const MOST_TIMEOUT_MS = 2_147_483_647 - CONNECT_MS;

type Value = string | number | boolean;

export interface Question {
  readonly useCase: string;
  readonly unit: string;
  readonly context: Readonly<Record<string, Value>>;
  /** Options of the request, in their own order. */
  readonly candidates: readonly Candidate[];
  /** Absent: a new one. */
  readonly id: string | undefined;
  /** Longest wait for the answer, ms. */
  readonly timeout: number;
  /** The answer if there is no decision. */
  readonly fallback: Value | undefined;
  /** Refuses names that the blueprint does not know. */
  readonly strict: boolean;
}

/**
 * Asks for one decision. If no other process has the embedded log open, the loop runs here meanwhile. Rejects if no
 * loop can be asked: with a default as soon as that is known, or `CONNECT_MS` after the time for the answer.
 */
export async function ask(settings: Settings, question: Question): Promise<Decision<unknown>> {
  const { useCase, unit, context, candidates, id, timeout, fallback, strict } = question;
  checkLog(settings);
  const connecting = connectHere(settings);
  const connection = fallback === undefined ? await connecting : await inTime(connecting, timeout + CONNECT_MS);
  try {
    const { backbone, registry } = connection;
    const here = backbone.kind === "embedded" && !connection.shared;
    const loop = here ? await startAlone(settings, connection, "live", { log: warnings() }) : undefined;
    const client = createClient({ backbone, registry, strict, buffer: false });
    try {
      await loop?.application.idle();
      const decision = await client.getDecision(
        useCase,
        { unit, context, candidates, decisionId: id },
        { timeout, default: fallback },
      );
      // A loop that runs here reports it by itself.
      if (loop === undefined && !strict && decision.error === null) {
        await tellUndeclared(connection, (known, ms) =>
          known.request({ useCase, context, candidates }, Date.now(), ms),
        );
      }
      return decision;
    } finally {
      await client.close();
      await loop?.close({ drain: true });
    }
  } finally {
    await connection.close();
  }
}

/** Warnings of a loop that runs here, on stderr. */
function warnings(): Log {
  const log = createLog(false);
  return { info: () => undefined, warn: log.warn.bind(log), error: log.error.bind(log) };
}

/** A process that does not answer is left alone; this one ends soon. */
function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  return within(ms, work, () => {
    const text = `nothing could be asked within ${ms} ms: the lines above name the part that is away`;
    throw new StreamsError("TIMEOUT", text);
  });
}
