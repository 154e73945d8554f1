import { StreamsError, type ErrorCode } from "../../../errors.ts";
import { withoutStops } from "../../../shortened.ts";
import { refusalIn } from "./refusals.ts";

const fencing = new Set([
  "FENCED_INSTANCE_ID",
  "ILLEGAL_GENERATION",
  "INVALID_PRODUCER_EPOCH",
  "INVALID_PRODUCER_ID_MAPPING",
  "PRODUCER_FENCED",
  "REBALANCE_IN_PROGRESS",
  "TRANSACTION_COORDINATOR_FENCED",
  "UNKNOWN_MEMBER_ID",
]);

const codes: Readonly<Record<string, ErrorCode>> = {
  UNKNOWN_TOPIC_OR_PARTITION: "UNKNOWN_TOPIC",
  MESSAGE_TOO_LARGE: "RECORD_TOO_LARGE",
  RECORD_LIST_TOO_LARGE: "RECORD_TOO_LARGE",
  INVALID_REPLICATION_FACTOR: "TOPOLOGY_INVALID",
};

/** Errors of the connection, kafkajs' and ours, by their names: another attempt may find the broker again. */
const connection = new Set([
  "ConnectionLost",
  "KafkaJSBrokerNotFound",
  "KafkaJSConnectionClosedError",
  "KafkaJSConnectionError",
  "KafkaJSGroupCoordinatorNotFound",
  "KafkaJSLockTimeout",
  "KafkaJSMetadataNotLoaded",
  "KafkaJSRequestTimeoutError",
  // Of a connection that is lost within the login; a refused login is known by `refusalIn`.
  "KafkaJSSASLAuthenticationError",
  "KafkaJSTopicMetadataNotLoaded",
]);

/** An error answer of the broker, by the protocol's name of it. */
export class ProtocolError extends Error {
  override readonly name = "ProtocolError";
  readonly type: string;
  readonly retriable: boolean;
  /** The partition or other thing that was asked for. */
  readonly where: string;

  constructor(type: string, retriable: boolean, where: string, cause?: unknown) {
    super(`${type} (${where})`, cause === undefined ? undefined : { cause });
    this.type = type;
    this.retriable = retriable;
    this.where = where;
  }
}

/** No answer: the broker is not known, can't be reached, or the connection to it ended. */
export class ConnectionLost extends Error {
  override readonly name = "ConnectionLost";
}

/** The protocol's name of the error, or undefined when it is not an answer of the broker. */
export function protocolType(error: unknown): string | undefined {
  for (const link of chain(error)) {
    if ("type" in link && typeof link.type === "string") {
      // kafkajs does not know the code 90 of later brokers.
      return link.type === "KAFKAJS_UNKNOWN_ERROR_CODE" && link.message.endsWith(" 90") ? "PRODUCER_FENCED" : link.type;
    }
  }
  return undefined;
}

/** Whether the same request may succeed a moment later, perhaps on another broker. */
export function isTransient(error: unknown): boolean {
  if (error instanceof StreamsError || refusalIn(error) !== undefined) return false;
  const type = protocolType(error);
  for (const link of chain(error)) {
    if (type === undefined && connection.has(link.name)) return true;
    if (type !== undefined && "type" in link && "retriable" in link) return link.retriable === true;
  }
  return false;
}

/** Whether the broker refused a batch as larger than the topic allows. */
export function isTooLarge(error: unknown): error is ProtocolError {
  return error instanceof ProtocolError && codes[error.type] === "RECORD_TOO_LARGE";
}

export function isFencing(error: unknown): boolean {
  const type = protocolType(error);
  return type !== undefined && fencing.has(type);
}

/** Turns an error of the client into one of our codes. `doing` names the work and its place. */
export function streamsError(error: unknown, doing: string): StreamsError {
  if (error instanceof StreamsError) return error;
  const message = withoutStops(error instanceof Error ? error.message : String(error));
  if (isFencing(error)) {
    return new StreamsError(
      "FENCED",
      `${doing}: another instance has taken over (${message}); close and rejoin`,
      error,
    );
  }
  const refusal = refusalIn(error);
  if (refusal !== undefined) return new StreamsError(refusal.code, `${doing}: ${refusal.reason}`, error);
  const code = codes[protocolType(error) ?? ""];
  if (code === "TOPOLOGY_INVALID") {
    return new StreamsError(
      code,
      `${doing}: ${message}. Set replication.factor to the number of brokers at most`,
      error,
    );
  }
  if (code === "UNKNOWN_TOPIC") {
    return new StreamsError(code, `${doing}: ${message}. Create the topic first, or check its name`, error);
  }
  if (code === "RECORD_TOO_LARGE") {
    return new StreamsError(
      code,
      `${doing}: ${message}. Raise the topic's max.message.bytes or send less in it`,
      error,
    );
  }
  const advice = "Check that the brokers run and can be reached, and their log";
  return new StreamsError("BACKBONE_UNAVAILABLE", `${doing}: ${message}. ${advice}`, error);
}

function* chain(error: unknown): Generator<Error> {
  for (let link = error, depth = 0; link instanceof Error && depth < 8; link = link.cause, depth++) yield link;
}
