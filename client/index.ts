export {
  clientDefaults,
  createClient,
  type CallOptions,
  type Client,
  type ClientOptions,
  type DecisionOptions,
  type DecisionRequest,
  type EventOptions,
  type ObservationOptions,
  type Stored,
  type StoredObservation,
} from "./client.ts";
export { loadStrictness } from "./load-strictness.ts";
export type { Strictness } from "./strict.ts";
export { defaultDecision, type Decision, type Reason } from "./decision.ts";
export type { AnyUseCase, EventAttributes, EventKind, UseCases, UseCaseTypes, Value, Values } from "./use-cases.ts";
