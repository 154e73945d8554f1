import { byHand, CodedError, fatal, fencing, lasting, passing, type ErrorTable } from "./coded-error.ts";

/** The codes of the runtime. Those of decisions, blueprints and models are in the room `schemas`. */
export const streamsErrors = {
  BACKBONE_UNAVAILABLE: passing(
    "The brokers, or the directory of the embedded log, can't be reached.",
    "Nothing: the loop asks again and says since when. If it lasts, look at the brokers and at `brokers` in the settings.",
  ),
  AUTHENTICATION_FAILED: byHand(
    "The brokers or the schema registry refuse the user, the password, the token or the client's certificate.",
    "Correct the setting that the message names; see docs/kafka.md, Security.",
  ),
  UNTRUSTED_CERTIFICATE: byHand(
    "The certificate of a broker or of the schema registry is not trusted: its CA is unknown here, it is for another host, or it is out of date.",
    "Set `ssl.ca.location` (of the registry: its own) to the CA's PEM file, and connect by a name in the certificate.",
  ),
  SECURITY_MISMATCH: byHand(
    "The other side speaks another security protocol, or another SASL mechanism, than the settings say.",
    "Set `security.protocol` and `sasl.mechanism` to those of the listener at this port.",
  ),
  ACCESS_DENIED: byHand(
    "The cluster's or the registry's rules do not allow this user to do it.",
    "Give the user the rights that docs/kafka.md lists.",
  ),
  BACKBONE_GONE: fatal(
    "The process that had the embedded log open has stopped.",
    "Start it, or run the command again: it then opens the log itself.",
  ),
  BACKBONE_LOCKED: fatal(
    "Another process has the directory open.",
    "Stop that process, or give this one a directory of its own.",
  ),
  UNKNOWN_TOPIC: lasting(
    "The topic, or the partition of it, does not exist.",
    "Check the name and the prefix of topics.",
  ),
  TOPIC_MOVED: passing(
    "A topic was deleted and made anew, trimmed, or given partitions while it was read.",
    "Nothing: the loop joins again. Its log says how it goes on.",
  ),
  TOPIC_MISMATCH: fatal(
    "A topic has other partitions, or another form, than the loop or its state needs.",
    "Do as the message says; `loopstream topics repartition` moves the loop to another number of partitions.",
  ),
  RECORD_TOO_LARGE: lasting(
    "A record has more bytes than its topic takes.",
    "Send a smaller one, or raise `max.message.bytes` of the topic.",
  ),
  OVER_LIMIT: lasting("A record is past a limit of docs/limits.md.", "Send a smaller one, or fewer for one key."),
  BUFFER_FULL: passing(
    "As many records wait in the client as its buffer takes, since they can't be stored now.",
    "Send the record again later. If outages last, give the client a larger `buffer`.",
  ),
  TRANSACTION_OPEN: fatal(
    "A producer was used out of turn: no transaction is open, or one is open already.",
    "Mend the code that calls it.",
  ),
  TRANSACTION_HELD: passing(
    "The broker does not end a producer's former transaction, long after the time that it has for it.",
    "The loop goes on under another transactional id. If the wait `open transaction` lasts as well, restart the broker that has the former one.",
  ),
  FENCED: fencing(
    "Another process has taken over this producer's work.",
    "Nothing: the process gives the work up and joins again.",
  ),
  INSTANCE_REPLACED: fatal(
    "A second process runs under the same instance id.",
    "Give each process a directory of its own: it keeps the id.",
  ),
  CLOSED: fatal("It was closed, or never started, and is used all the same.", "Mend the code that calls it."),
  UNDECODABLE: lasting(
    "The bytes are not a record of this topic.",
    "Mend the producer: Confluent's framing, and Avro by the schema whose id it names.",
  ),
  NEWER_RELEASE: lasting(
    "A later release wrote this, or one with parts of a product's own, and this process can't read it.",
    "Update this process, register the parts that it lacks (docs/parts.md), or publish the version again from here.",
  ),
  UNREADABLE_BATCH: lasting(
    "A batch of records on Kafka is damaged, or compressed in a way that can't be read.",
    "Look at its producer; the records of the batch can't be recovered from here.",
  ),
  UNSUPPORTED_SCHEMA: lasting(
    "The schema is not Avro, refers to one that is not there, or is past a limit.",
    "Register an Avro schema for the topic, with all to which it refers.",
  ),
  UNKNOWN_SCHEMA: lasting(
    "The schema's id is not in the registry.",
    "Check that producer and loop use the same registry.",
  ),
  UNENCODABLE: lasting("A value does not fit the schema of its topic.", "Send the types that the schema names."),
  INCOMPATIBLE_SCHEMA: fatal(
    "The registry refuses a schema, since readers of the former one would fail.",
    "Give new fields a default and leave the types of others; or use another subject.",
  ),
  TIMEOUT: passing("No answer came in time.", "Ask again. Check that the loop runs and that its lag is small."),
  REGISTRY_UNAVAILABLE: passing(
    "The schema registry can't be reached, or refuses.",
    "Nothing: the loop asks again and says since when. If it lasts, look at the registry and at `registry` in the settings.",
  ),
  HANDLER_FAILED: lasting(
    "An operator threw an error that has no code.",
    "It is a fault of the operator: report it with the message and the record.",
  ),
  AHEAD_OF_TIME: lasting(
    "A record is dated further ahead of its arrival than is allowed.",
    "Mend the producer's clock, or the unit of the time: milliseconds since 1970.",
  ),
  BAD_TIME: lasting(
    "A time is not a whole number of milliseconds, or not a time that there is.",
    "Send whole milliseconds since 1970.",
  ),
  READ_ONLY: fatal("A topic that is only read here would be written.", "Mend the code that calls it."),
  REPLY_NOT_ALLOWED: lasting(
    "The reply topic that a request names may take no replies.",
    "Use `decision-replies`, or a topic with a prefix that the settings allow (`replyTopics`).",
  ),
  UNKNOWN_REPLY_TOPIC: lasting(
    "The reply topic, or the partition, that a request names does not exist.",
    "Make the topic before the requests are sent.",
  ),
  TOPOLOGY_INVALID: fatal(
    "Operators, topics or settings do not fit together.",
    "Mend the part that the message names.",
  ),
  BAD_DIRECTORY: byHand(
    "A directory can't be made or used.",
    "Name another one with `--dir`, or mend its place and its permissions.",
  ),
  LOG_CORRUPT: fatal(
    "A file of the embedded log is damaged or missing.",
    "Restore the directory from a copy; see docs/operations.md.",
  ),
  STATE_UNAVAILABLE: passing(
    "The state on the local disk can't be read or written.",
    "Nothing: the loop tries again. If it lasts, look at the disk and its room.",
  ),
  STATE_CORRUPT: passing(
    "The state on the local disk is damaged.",
    "Nothing: it is deleted and read again from its changelog.",
  ),
  STATE_UNREADABLE: fatal(
    "State was written with a schema that this release can't read.",
    "Start the release that wrote it; or use another group and a new directory, and replay.",
  ),
  NO_PROGRESS: fatal(
    "The loop has joined again and again without getting past the same record.",
    "Look at the cause and at the record that the message names.",
  ),
  STATE_NOT_LOADED: fatal(
    "An operator read a key of its state that it had not named.",
    "Name the key in the operator's `reads`.",
  ),
  ENGINE_MISSING: fatal(
    "The state engine in the settings is not installed.",
    "Install the package that the message names.",
  ),
  BROKEN_PROMISE: lasting(
    "A promise that the code makes to itself does not hold.",
    "It is a fault of loopstream: report it with the message.",
  ),
} as const satisfies ErrorTable;

export type ErrorCode = keyof typeof streamsErrors;

/** Every error of the runtime. */
export class StreamsError extends CodedError {
  override readonly name = "StreamsError";
  declare readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(code, streamsErrors[code], message, cause);
  }
}

/** For a case that can't be, unless the code around it is wrong. */
export const brokenPromise = (message: string, cause?: unknown): StreamsError =>
  new StreamsError("BROKEN_PROMISE", message, cause);
