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
import { Strictness } from "./strict.ts";
import type { AnyUseCase, EventAttributes, EventKind, UseCases } from "./use-cases.ts";

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
  logEvent<K extends EventKind<T>>(kind: K, attributes: EventAttributes<T, K>, options?: EventOptions): Promise<Stored>;
  /** Decisions under way become defaults; what is being written is finished. The backbone stays open. */
  close(): Promise<void>;
}

export interface ClientOptions {
  /** Stays the caller's: the client does not close it. */
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  /** Put before every subject of the registry, as the application does. */
  readonly subjectPrefix?: string | undefined;
  /** Chooses the partition of the replies this process reads; the same id, the same partition. Absent: any. */
  readonly clientId?: string | undefined;
  /** For every call that does not say otherwise. */
  readonly defaults?: { readonly timeout?: number; readonly throwOnError?: boolean } | undefined;
  /**
   * Refuse what would count for nothing, before it is sent: entries, kinds and use cases that no live blueprint knows, and values that their types
   * can't read. Blueprints are read from their topic and kept for a while. Default false: such entries are sent, counted and warned of by the loop.
   */
  readonly strict?: boolean | undefined;
  /** Told while replies can't be read, why, and when they can again. Default: nothing is said. */
  readonly log?: Log | undefined;
  /** The clock of records without a time, ms. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

export const clientDefaults = Object.freeze({ timeout: 1_000, throwOnError: false });

/** Decisions for a product, and what it has seen. Opens nothing before the first call. */
export function createClient<T extends UseCases<T> = AnyUseCase>(options: ClientOptions): Client<T> {
  const { backbone, registry, clientId, now = Date.now } = options;
  const defaults = { ...clientDefaults, ...options.defaults };
  const serdes = new Serdes(registry, options.subjectPrefix);
  const sender = new Sender(backbone, serdes);
  const strict = options.strict === true ? new Strictness(backbone, serdes) : undefined;
  const requester = createRequester({
    backbone,
    serdes,
    sender,
    requests: decisionRequests,
    replies: decisionReplies,
    outages: new Outages(options.log),
    instanceId: clientId,
  });

  /** `build` makes the record's value; what it throws is told as any other failure. */
  async function store<V>(
    topic: Topic<V>,
    key: string,
    build: (time: number) => V | Promise<V>,
    call: CallOptions,
  ): Promise<Stored> {
    try {
      const time = call.time ?? now();
      await sender.send(topic, { key, value: await build(time), time });
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
        await strict?.context(useCase, context, time, timeout);
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
      const build = async (time: number) => {
        const values = plainValues("observations", observed);
        await strict?.observations(useCase, values, time, defaults.timeout);
        return { decisionId, useCase, observationId, values };
      };
      return { observationId, ...(await store(observations, decisionId, build, call)) };
    },
    logEvent(kind, attributes, call = {}) {
      const build = async () => {
        await strict?.event(kind, defaults.timeout);
        return { kind, attributes: plainValues("attributes", attributes as object) };
      };
      return store(events, call.key ?? kind, build, call);
    },
    async close() {
      await requester.close();
      await sender.close();
    },
  };
}
