import { randomUUID } from "node:crypto";
import { decisionReplies, decisionRequests, events, observations } from "../schemas/index.ts";
import {
  createRequester,
  Outages,
  Sender,
  Serdes,
  StreamsError,
  type Backbone,
  type Log,
  type SchemaRegistry,
  type Topic,
} from "../streams/index.ts";
import { decisionOf, defaultDecision, type Decision } from "./decision.ts";
import { plainValues } from "./plain-values.ts";
import type { AnyUseCase, UseCases, Values } from "./use-cases.ts";

export interface DecisionRequest<C> {
  /** Absent: a new one. The same id asked again in the same use case is the same decision. */
  readonly decisionId?: string;
  /** User, device or other entity the decision is about. */
  readonly unit: string;
  /** What the product knows now. */
  readonly context: C;
  /** Decided now, shown later or never. */
  readonly deferred?: boolean;
}

export interface CallOptions {
  /** Event time, ms. Absent: now. */
  readonly time?: number;
  /** Reject where there would be an error text. Default false: a product goes on. */
  readonly throwOnError?: boolean;
}

export interface DecisionOptions<D> extends CallOptions {
  /** Longest wait for the reply, in ms. Default 1,000. */
  readonly timeout?: number;
  /** The value until there is a decision. Absent: null. */
  readonly default?: D;
}

export interface ObservationOptions extends CallOptions {
  /** Of the decision. Absent: the observation belongs to the decisions of this id in every use case. */
  readonly useCase?: string;
  /** Names the observation, so that a repetition counts once. Absent: a new one. */
  readonly observationId?: string;
}

export interface EventOptions extends CallOptions {
  /** Absent: the kind. */
  readonly key?: string;
}

export type Stored = { readonly ok: true } | { readonly ok: false; readonly error: string };
/** On `ok: false`, `observationId` is what to send again: it then counts once, even if it was stored after all. */
export type StoredObservation = Stored & { readonly observationId: string };

export interface Client<T extends UseCases<T> = AnyUseCase> {
  /**
   * The decision for one unit; the default, with the reason, when there is none or no answer came in time. Rejects only with
   * `throwOnError`, with a `StreamsError`.
   */
  getDecision<K extends keyof T & string, const D extends T[K]["value"] | null = null>(
    useCase: K,
    request: DecisionRequest<T[K]["context"]>,
    options?: DecisionOptions<D>,
  ): Promise<Decision<T[K]["value"] | D>>;
  /** Resolves once the observation is stored, or can't be. */
  logObservations<K extends keyof T & string = keyof T & string>(
    decisionId: string,
    values: T[K]["observations"],
    options?: ObservationOptions,
  ): Promise<StoredObservation>;
  /** Resolves once the event is stored, or can't be. */
  logEvent(kind: string, attributes: Values, options?: EventOptions): Promise<Stored>;
  /** Decisions under way become defaults; what is being written is finished. The backbone stays open. */
  close(): Promise<void>;
}

export interface ClientOptions {
  /** Stays the caller's: the client does not close it. */
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  /** Put before every subject of the registry, as the application does. */
  readonly subjectPrefix?: string;
  /** Chooses the partition of the replies this process reads; the same id, the same partition. Absent: any. */
  readonly clientId?: string;
  /** For every call that does not say otherwise. */
  readonly defaults?: { readonly timeout?: number; readonly throwOnError?: boolean };
  /** Told while replies can't be read, why, and when they can again. Default: nothing is said. */
  readonly log?: Log;
  /** The clock of records without a time, ms. Default `Date.now`. */
  readonly now?: () => number;
}

export const clientDefaults = Object.freeze({ timeout: 1_000, throwOnError: false });

/** Decisions for a product, and what it has seen. Opens nothing before the first call. */
export function createClient<T extends UseCases<T> = AnyUseCase>(options: ClientOptions): Client<T> {
  const { backbone, registry, clientId, now = Date.now } = options;
  const defaults = { ...clientDefaults, ...options.defaults };
  const serdes = new Serdes(registry, options.subjectPrefix);
  const sender = new Sender(backbone, serdes);
  const requester = createRequester({
    backbone,
    serdes,
    sender,
    requests: decisionRequests,
    replies: decisionReplies,
    outages: new Outages(options.log),
    ...(clientId === undefined ? {} : { instanceId: clientId }),
  });

  /** `build` makes the record's value; what it throws is told as any other failure. */
  async function store<V>(topic: Topic<V>, key: string, build: () => V, call: CallOptions): Promise<Stored> {
    try {
      await sender.send(topic, { key, value: build(), time: call.time ?? now() });
      return { ok: true };
    } catch (error) {
      if (call.throwOnError ?? defaults.throwOnError) throw error;
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
  }

  return {
    async getDecision(useCase, request, call = {}) {
      const { decisionId = randomUUID(), unit, deferred = false } = request;
      const fallback = (call.default ?? null) as NonNullable<typeof call.default>;
      const { timeout = defaults.timeout, throwOnError = defaults.throwOnError, time = now() } = call;
      try {
        const context = plainValues("context", request.context);
        const value = { decisionId, useCase, unit, context, deferred, logged: null };
        const reply = await requester.request({ key: decisionId, value, time }, timeout);
        if (throwOnError && reply.reason === "error")
          throw new StreamsError("HANDLER_FAILED", reply.error ?? "no decision");
        return decisionOf(reply, fallback);
      } catch (error) {
        if (throwOnError) throw error;
        return defaultDecision(decisionId, fallback, error);
      }
    },
    async logObservations(decisionId, observed, call = {}) {
      const { observationId = randomUUID(), useCase = "" } = call;
      const build = () => ({ decisionId, useCase, observationId, values: plainValues("observations", observed) });
      return { observationId, ...(await store(observations, decisionId, build, call)) };
    },
    logEvent(kind, attributes, call = {}) {
      const build = () => ({ kind, attributes: plainValues("attributes", attributes) });
      return store(events, call.key ?? kind, build, call);
    },
    async close() {
      await requester.close();
      await sender.close();
    },
  };
}
