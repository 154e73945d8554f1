import type { DecisionRecorded } from "../schemas/index.ts";
import type { Backbone, Log, SchemaRegistry } from "../streams/client/index.ts";
import type { Decision } from "./decision.ts";
import type { Ranking } from "./ranking.ts";
import type { ClientStatus, StatusListener } from "./status.ts";
import type {
  AnyUseCase,
  ContextValues,
  EventAttributes,
  EventKind,
  OptionOf,
  PayloadOf,
  UseCases,
} from "./use-cases.ts";

/** An option that may be chosen or shown. */
export interface Candidate<O = ContextValues> {
  /** Names the option; what observations name. Of two candidates with the same id the first counts. */
  readonly optionId: string;
  /** The product's knowledge of the option, by the names of the blueprint's options. */
  readonly context?: O | undefined;
}

/** @typeParam O the entries of a candidate */
export interface DecisionRequest<C, O = ContextValues> {
  /** Absent: a new id. The same id asked again in the same use case is the same decision. */
  readonly decisionId?: string | undefined;
  /** The user, device or other entity that the decision is about. */
  readonly unit: string;
  /** The product's knowledge at this moment, by the names of the blueprint's context. */
  readonly context: C;
  /**
   * The options in the product's own order, at most 500, where the blueprint's options come with the request. One that
   * is known by its id alone may be a text.
   */
  readonly candidates?: readonly (Candidate<O> | string)[] | undefined;
  /**
   * The decision, where a page has made it by a bundle (`loopstream/browser`): it is recorded as it is, once, and is the answer.
   * Refused is what can't have been made of this request; what the page saw is taken as it tells.
   */
  readonly answered?: DecisionRecorded | undefined;
  /** The product shows this decision later, or never: it makes no row unless `activate` says that it was shown. Default false. */
  readonly deferred?: boolean | undefined;
}

export interface CallOptions {
  /** Event time, ms; at most an hour ahead (`maxFutureMs` of docs/limits.md). Absent: now, or that of a decision that a page has made. */
  readonly time?: number | undefined;
  /** Reject instead of resolving with an error text. Default false: the product goes on. */
  readonly throwOnError?: boolean | undefined;
  /**
   * Longest wait, in ms: for the reply to a request, or until an observation or event is stored. Default 1,000. A record
   * that is not stored by then waits in the client.
   */
  readonly timeout?: number | undefined;
}

/** Whose event time a record belongs to. */
export interface OfSource {
  /**
   * For history: names its feeder. The records of a source have an event time of their own, so they close no decision of
   * the present, nor does the present close theirs. An observation of a source is no event: log that too. Absent: the record is of the world as it happens.
   */
  readonly source?: string | undefined;
}

export interface DecisionOptions<D> extends CallOptions, OfSource {
  /** The value while there is no decision. Absent: null. */
  readonly default?: D | undefined;
}

export interface RankingOptions extends CallOptions, OfSource {}

/** @typeParam K the use cases; of several, the one that is named says what is observed. */
export interface ObservationOptions<K extends string = string> extends CallOptions, OfSource {
  /** The use case of the decision. Absent: the observation belongs to the decisions of this id in every use case. */
  readonly useCase?: K | undefined;
  /** The observation's name: under one id it counts once, however often it is sent. Absent: a new one. */
  readonly observationId?: string | undefined;
  /** The option that was observed. Absent: it counts for all options of the decision that were shown. */
  readonly optionId?: string | undefined;
  /** True: the observation says as well that the decision was shown, as `activate` does. */
  readonly activation?: boolean | undefined;
}

/** @typeParam K the use cases */
export interface ActivationOptions<K extends string = string> extends CallOptions, OfSource {
  /** The use case of the decision. Absent: the decisions of this id in every use case. */
  readonly useCase?: K | undefined;
}

export interface EventOptions extends CallOptions {
  /** The record's key. Absent: the kind. */
  readonly key?: string | undefined;
}

/**
 * `waits`: the record is not stored yet. The client keeps it and sends it; do not send it again. In `memory` it is lost if
 * this process dies; on `disk` the next client with the same spool sends it.
 */
export type Stored =
  { readonly ok: true; readonly waits?: "memory" | "disk" } | { readonly ok: false; readonly error: string };
/** On `ok: false`, send again with this `observationId`: it then counts once, even if it was stored after all. */
export type StoredObservation = Stored & { readonly observationId: string };

/** The end of a client. */
export interface Closed {
  /** Observations and events that were not stored, and are lost. */
  readonly lost: number;
  /** Observations and events that wait in the spool for the next client. */
  readonly spooled: number;
}

export interface Client<T extends UseCases<T> = AnyUseCase> {
  /**
   * Asks for the decision for one unit. Resolves with the default and a reason when there is no decision or no answer
   * in time. Rejects only with `throwOnError`, with a `StreamsError`.
   */
  getDecision<K extends keyof T & string, const D extends T[K]["value"] | null = null>(
    useCase: K,
    request: DecisionRequest<T[K]["context"], OptionOf<T[K]>>,
    options?: DecisionOptions<D>,
  ): Promise<Decision<T[K]["value"] | D, PayloadOf<T[K]>>>;
  /**
   * Asks for the order of options for one unit. Resolves with the candidates' own order and a reason when there is no
   * ranking or no answer in time. Rejects only with `throwOnError`, with a `StreamsError`.
   */
  getRanking<K extends keyof T & string>(
    useCase: K,
    request: DecisionRequest<T[K]["context"], OptionOf<T[K]>>,
    options?: RankingOptions,
  ): Promise<Ranking>;
  /**
   * Resolves once the observation is stored, or after `timeout` with `waits`, or if it can't be stored: with
   * `BUFFER_FULL` too many records wait.
   */
  logObservations<K extends keyof T & string = keyof T & string>(
    decisionId: string,
    values: T[K]["observations"],
    options?: ObservationOptions<K>,
  ): Promise<StoredObservation>;
  /**
   * Says that a deferred decision was shown at this time: it makes its row from then on. Without it there is none. Twice
   * is once, and a decision that was not deferred stays as it is. Resolves as `logObservations` does.
   */
  activate<K extends keyof T & string = keyof T & string>(
    decisionId: string,
    options?: ActivationOptions<K>,
  ): Promise<Stored>;
  /** Resolves as `logObservations` does. */
  logEvent<K extends EventKind<T>>(kind: K, attributes: EventAttributes<T, K>, options?: EventOptions): Promise<Stored>;
  /** The connection and the records that wait, as of now. */
  readonly status: ClientStatus;
  /**
   * Calls the listener when the connection is lost and when it is back, and for each waiting record that is refused.
   * @returns ends it
   */
  onStatus(listener: StatusListener): () => void;
  /**
   * Stores the records that wait, for at most `timeout` ms (default 5,000), answers open decisions with their defaults,
   * and tells what is left. Writes under way have 5 s more to end. A backbone of the caller's stays open.
   */
  close(options?: { readonly timeout?: number | undefined }): Promise<Closed>;
}

/** The room for observations and events that can't be stored at once. */
export interface BufferOptions {
  /** At most this many records wait. Default 100,000. */
  readonly records?: number | undefined;
  /** At most this many bytes of records wait, in memory. Default 64 MiB. */
  readonly bytes?: number | undefined;
  /**
   * A folder of this client's own. Waiting records are also kept there, and the next client with this folder sends them.
   * Absent: they are kept in memory alone.
   */
  readonly spool?: string | undefined;
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
  /** Bounds of the records that wait. `false`: none waits, and one that can't be stored is refused. */
  readonly buffer?: BufferOptions | false | undefined;
  /** Hears of outages, their reasons and their ends, and of records that were lost. Default: silence. */
  readonly log?: Log | undefined;
  /** The clock for records without a time, in ms. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

export const clientDefaults = Object.freeze({ timeout: 1_000, throwOnError: false });
