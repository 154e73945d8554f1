/**
 * The part of the runtime that a client uses. It loads no state engine, no database and no library of brokers
 * (`test/package/package.test.ts`).
 */
export type { Backbone, Headers, PartitionOffsets } from "../backbone/backbone.ts";
export { checkArrival, checkTime, isEventTime, SOURCE_HEADER } from "../backbone/event-time.ts";
export { CodedError, ending, fatal, hasCode, lasting, passing, type ErrorTable } from "../coded-error.ts";
export { StreamsError, type ErrorCode } from "../errors.ts";
export { streamsLimits } from "../limits.ts";
export { silent, type Log } from "../log.ts";
export type { ReplyRule } from "../operator.ts";
export { Outages, type Outage } from "../outage.ts";
export { within } from "../pause.ts";
export { PLACE_HEADER } from "../place.ts";
export { makeFolder } from "../private-files.ts";
export type { AvroSchema, SchemaRegistry } from "../registry/registry.ts";
export { createRequester } from "../request-reply/requester.ts";
export { Sender } from "../request-reply/sender.ts";
export { Serdes } from "../serde/serdes.ts";
export { checkRecord, defineTopic, type AnyTopic, type Incoming, type Topic } from "../topic.ts";
