import { randomUUID } from "node:crypto";
import { decisionReplies, decisionRequests, DomainError, events, observations } from "../schemas/index.ts";
import {
  createRequester,
  Outages,
  Sender,
  Serdes,
  type Backbone,
  type Log,
  type SchemaRegistry,
  type Topic,
} from "../streams/client/index.ts";
import { decisionOf, defaultDecision, type Decision } from "./decision.ts";
import { loadStrictness } from "./load-strictness.ts";
import { plainValues } from "./plain-values.ts";
import type { Strictness } from "./strict.ts";
import type { AnyUseCase, EventAttributes, EventKind, UseCases } from "./use-cases.ts";

export interface DecisionRequest<C> {
  /** Absent: a new id. The same id asked again in the same use case is the same decision. */
  readonly decisionId?: string | undefined;
  /** The user, device or other entity that the decision is about. */
  readonly unit: string;
  /** The product's knowledge at this moment, by the names of the blueprint's context. */
  readonly context: C;
  /** The product shows this decision later, or never. Default false. */
  readonly deferred?: boolean | undefined;
}

export interface CallOptions {
  /** Event time, ms. Absent: now. */
  readonly time?: number | undefined;
  /** Reject instead of resolving with an error text. Default false: the product goes on. */
  readonly throwOnError?: boolean | undefined;
}

export interface DecisionOptions<D> extends CallOptions {
  /** Longest wait for the reply, in ms. Default 1,000. */
  readonly timeout?: number | undefined;
  /** The value while there is no decision. Absent: null. */
  readonly default?: D | undefined;
}

export interface ObservationOptions extends CallOptions {
  /** The use case of the decision. Absent: the observation belongs to the decisions of this id in every use case. */
  readonly useCase?: string | undefined;
  /** The observation's name: under one id it counts once, however often it is sent. Absent: a new one. */
  readonly observationId?: string | undefined;
}

export interface EventOptions extends CallOptions {
  /** The record's key. Absent: the kind. */
  readonly key?: string | undefined;
}

export type Stored = { readonly ok: true } | { readonly ok: false; readonly error: string };
/** On `ok: false`, send again with this `observationId`: it then counts once, even if it was stored after all. */
export type StoredObservation = Stored & { readonly observationId: string };

export interface Client<T extends UseCases<T> = AnyUseCase> {
  /**
   * Asks for the decision for one unit. Resolves with the default and a reason when there is no decision or no answer
   * in time. Rejects only with `throwOnError`, with a `StreamsError`.
   */
  getDecision<K extends keyof T & string, const D extends T[K]["value"] | null = null>(
    useCase: K,
    request: DecisionRequest<T[K]["context"]>,
    options?: DecisionOptions<D>,
  ): Promise<Decision<T[K]["value"] | D>>;
  /** Resolves once the observation is stored, or can't be stored. */
  logObservations<K extends keyof T & string = keyof T & string>(
    decisionId: string,
    values: T[K]["observations"],
    options?: ObservationOptions,
  ): Promise<StoredObservation>;
  /** Resolves once the event is stored, or can't be stored. */
  logEvent<K extends EventKind<T>>(kind: K, attributes: EventAttributes<T, K>, options?: EventOptions): Promise<Stored>;
  /** Finishes open writes, and answers open decisions with their defaults. The backbone stays open. */
  close(): Promise<void>;
}

export interface ClientOptions {
  /** Belongs to the caller: the client does not close it. */
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  /** Prefix of every subject in the registry, the same as the application's. */
  readonly subjectPrefix?: string | undefined;
  /** Chooses the partition of the replies that this process reads: one id, one partition. Absent: any. */
  readonly clientId?: string | undefined;
  /** Defaults of every call. */
  readonly defaults?: { readonly timeout?: number; readonly throwOnError?: boolean } | undefined;
  /**
   * Refuse, before it is sent, anything that would count for nothing: entries, kinds and use cases that no live
   * blueprint knows, and values that don't fit their types. The client reads the blueprints from their topic and keeps
   * them for a while. Default false: the loop counts such entries and warns of them.
   */
  readonly strict?: boolean | undefined;
  /** Hears that replies can't be read, the reason, and the end of it. Default: silence. */
  readonly log?: Log | undefined;
  /** The clock for records without a time, in ms. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

export const clientDefaults = Object.freeze({ timeout: 1_000, throwOnError: false });

/** A client that asks for decisions and reports observations and events. Opens nothing before the first call. */
export function createClient<T extends UseCases<T> = AnyUseCase>(options: ClientOptions): Client<T> {
  const { backbone, registry, clientId, now = Date.now } = options;
  const defaults = { ...clientDefaults, ...options.defaults };
  const serdes = new Serdes(registry, options.subjectPrefix);
  const sender = new Sender(backbone, serdes);
  let loading: Promise<Strictness> | undefined;
  /** Of a strict client; `undefined` of any other. */
  const strictness = (): Promise<Strictness> | undefined =>
    options.strict === true ? (loading ??= loadStrictness(backbone, serdes)) : undefined;
  const requester = createRequester({
    backbone,
    serdes,
    sender,
    requests: decisionRequests,
    replies: decisionReplies,
    outages: new Outages(options.log),
    instanceId: clientId,
  });

  /** Sends one record, whose value `build` makes. An error of `build` is reported like any other failure. */
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
        await (await strictness())?.context(useCase, context, time, timeout);
        const value = { decisionId, useCase, unit, context, deferred, logged: null };
        const reply = await requester.request({ key: decisionId, value, time }, timeout);
        if (throwOnError && reply.reason === "error")
          throw new DomainError("DECISION_FAILED", reply.error ?? "no decision");
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
        await (await strictness())?.observations(useCase, values, time, defaults.timeout);
        return { decisionId, useCase, observationId, values };
      };
      return { observationId, ...(await store(observations, decisionId, build, call)) };
    },
    logEvent(kind, attributes, call = {}) {
      const build = async () => {
        await (await strictness())?.event(kind, defaults.timeout);
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
