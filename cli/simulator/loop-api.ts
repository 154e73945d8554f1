import { setTimeout as delay } from "node:timers/promises";
import { DomainError } from "../../schemas/index.ts";
import { UsageError } from "../exit-codes.ts";
import type { Delivery } from "./readers.ts";

/** Longest wait for a loop that is starting, ms. */
const PATIENCE_MS = 30_000;
const POLL_MS = 200;
/** Names the simulation's history to the loop: its event time is its own. */
const SOURCE = "simulation";

export interface LoopApiOptions {
  readonly url: string;
  readonly useCase: string;
  /** Of a producer; absent: the port asks for none. */
  readonly token: string | undefined;
}

export interface Answer {
  readonly value: unknown;
  readonly reason: string;
  readonly modelId: string | null;
}

interface Problem {
  readonly detail: string;
  readonly code: string;
}

/** The results of a bulk request, or why there are none. */
type Told<R> = Problem & {
  readonly results?: readonly ({ readonly status: number; readonly problem?: Problem } & R)[];
};

/** The app's side of the HTTP interface. */
export class LoopApi {
  readonly #options: LoopApiOptions;

  constructor(options: LoopApiOptions) {
    this.#options = options;
  }

  /** Resolves once the loop takes decisions. Rejects with `LOOP_UNAVAILABLE` after half a minute. */
  async ready(): Promise<void> {
    const { url } = this.#options;
    const until = performance.now() + PATIENCE_MS;
    for (;;) {
      const why = await fetch(new URL("/readyz", url)).then(
        async (answer) => (answer.ok ? undefined : `it is not ready: ${await answer.text()}`),
        (error: unknown) => `nobody answers: ${reasonOf(error)}`,
      );
      if (why === undefined) return;
      if (performance.now() > until)
        throw new DomainError(
          "LOOP_UNAVAILABLE",
          `${url}: ${why}. Start the loop with loopstream start --http 8080, or name its address with --url`,
        );
      await delay(POLL_MS);
    }
  }

  /** The loop's answers, in the order of the deliveries. */
  async decide(deliveries: readonly Delivery[]): Promise<readonly Answer[]> {
    const { useCase } = this.#options;
    const decisions = deliveries.map(({ decisionId, reader: unit, time, context }) => ({
      ...{ decisionId, useCase, unit, time, context, source: SOURCE, timeoutMs: 20_000 },
    }));
    const results = await this.#post<{ readonly decision: Answer }>("/v1/decisions/bulk", { decisions });
    return results.map(({ decision }) => decision);
  }

  /** Tells the openings: as observations of their decisions, and as events of their readers. */
  async tell(deliveries: readonly Delivery[]): Promise<void> {
    const { useCase } = this.#options;
    const all = deliveries.flatMap(({ opened, ...delivery }) => (opened === undefined ? [] : { ...delivery, opened }));
    if (all.length === 0) return;
    const observations = all.map(({ decisionId, opened: { time, minutes } }) => ({
      ...{ decisionId, useCase, time, source: SOURCE, observationId: `${decisionId}-opened`, values: { minutes } },
    }));
    const events = all.map(({ reader, context: { edition }, opened: { time, minutes } }) => ({
      ...{ kind: "opened", key: reader, time, attributes: { reader, edition, minutes } },
    }));
    await this.#post("/v1/observations/bulk", { observations });
    await this.#post("/v1/events/bulk", { events });
  }

  async #post<R>(path: string, body: object): Promise<readonly R[]> {
    const { url } = this.#options;
    const told = await this.#answer<R>(path, body).catch((error: unknown) => {
      throw new DomainError("LOOP_UNAVAILABLE", `${new URL(path, url).href}: no answer: ${reasonOf(error)}`, error);
    });
    if (told.results === undefined) throw refused(path, told);
    const problem = told.results.find((one) => one.problem !== undefined)?.problem;
    if (problem !== undefined) throw refused(path, problem);
    return told.results;
  }

  async #answer<R>(path: string, body: object): Promise<Told<R>> {
    const { url, token } = this.#options;
    const answer = await fetch(new URL(path, url), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Told<R>;
  }
}

const refused = (path: string, { detail, code }: Problem): UsageError =>
  new UsageError(`${path}: ${detail} (${code})${code === "UNKNOWN_USE_CASE" ? "; publish its blueprint first" : ""}`);

const reasonOf = (error: unknown): string =>
  error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
