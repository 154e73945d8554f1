export {
  clientDefaults,
  type BufferOptions,
  type CallOptions,
  type Candidate,
  type Client,
  type ClientOptions,
  type Closed,
  type DecisionOptions,
  type DecisionRequest,
  type EventOptions,
  type ObservationOptions,
  type OfSource,
  type RankingOptions,
  type Stored,
  type StoredObservation,
} from "./client.ts";
export { candidatesOf } from "./candidates.ts";
export { createClient } from "./create-client.ts";
export { directClient, type AskedWhen, type DirectClient, type DirectOptions } from "./direct-client.ts";
export type { Link, Links, LinkWatcher } from "./link.ts";
export { loadStrictness } from "./load-strictness.ts";
export type { Strictness } from "./strict.ts";
export { constantLink } from "./link.ts";
export { stayingClient, type DecidedHere, type DecidesHere, type StayingOptions } from "./staying-client.ts";
export type { ClientEvent, ClientStatus, StatusListener, WaitingRecords } from "./status.ts";
export { defaultDecision, type Decision, type Reason } from "./decision.ts";
export { requestRecord } from "./request-record.ts";
export type { Ranking } from "./ranking.ts";
export type {
  AnyPayload,
  AnyUseCase,
  ContextValues,
  EventAttributes,
  EventKind,
  OptionOf,
  PayloadOf,
  TableKey,
  TableName,
  TableValues,
  UseCases,
  UseCaseTypes,
  Value,
  Values,
} from "./use-cases.ts";
