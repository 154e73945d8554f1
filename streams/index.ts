export {
  MAX_RECORD_BYTES,
  type Backbone,
  type Fetch,
  type GroupReader,
  type Headers,
  type LogRecord,
  type OutgoingRecord,
  type Transaction,
  type PartitionOffsets,
  type Position,
  type Producer,
  type Reader,
  type TopicDescription,
  type TopicPartition,
  type TopicRetention,
  type TopicSpec,
} from "./backbone/backbone.ts";
export { checkArrival, checkTime, isEventTime, LATEST_TIME, SOURCE_HEADER } from "./backbone/event-time.ts";
export { prefixed } from "./backbone/prefixed.ts";
export { sideView, type SideViewOptions } from "./backbone/side-view.ts";
export { partitionOf } from "./backbone/partitioner.ts";
export {
  createEmbeddedBackbone,
  hasLog,
  syncModes,
  type EmbeddedBackbone,
  type LogMemory,
  type SyncMode,
} from "./backbones/embedded/index.ts";
export {
  connectLocally,
  openShared,
  serveLocally,
  type LocalBackbone,
  type LocalServer,
  type SharedBackbone,
} from "./backbones/local/index.ts";
export { createKafkaBackbone, type KafkaBackboneOptions } from "./backbones/kafka/index.ts";
export { createPlatformaticBackbone } from "./backbones/platformatic/index.ts";
export { createConfluentRegistry, type ConfluentRegistryOptions } from "./registry/confluent-registry.ts";
export {
  CodedError,
  ending,
  fatal,
  hasCode,
  lasting,
  passing,
  type ErrorKind,
  type ErrorTable,
} from "./coded-error.ts";
export { brokenPromise, StreamsError, streamsErrors, type ErrorCode } from "./errors.ts";
export {
  globalTable,
  type Bytes,
  type AgingBytes,
  type BytesPlace,
  type FoldParts,
  type FoldScope,
  type BytesView,
  type GlobalFold,
  type GlobalTable,
  type TableSource,
} from "./global-source.ts";
export { asBuffer, textOf } from "./bytes.ts";
export { ENTRY_BYTES } from "./global/disk/part-sizes.ts";
export { FoldBytes } from "./global/fold-bytes.ts";
export { firstFrom } from "./global/series-index.ts";
export { inTurn } from "./task/in-turn.ts";
export { FIRST_RECORDS } from "./task/turns.ts";
export { streamsLimits } from "./limits.ts";
export { objectMaker, ownValue, setOwn } from "./own-value.ts";
export { hideSecrets, keepCredentials, keepSecret, shownAddress, withoutSecrets } from "./secrets.ts";
export { bearerTokens, type BearerTokenOptions } from "./security/bearer-token.ts";
export { silent, type Log } from "./log.ts";
export { createMetrics, type InputLag, type Metrics } from "./metrics/metrics.ts";
export { metricsBeside } from "./metrics/metrics-beside.ts";
export { metricsPage, processMetrics, type MetricsPage } from "./metrics/process-metrics.ts";
export { type Series, type SeriesOf } from "./metrics/series.ts";
export { Outages, reasonOf, type Outage } from "./outage.ts";
export {
  avroStore,
  defineOperator,
  jsonStore,
  type Context,
  type Emitted,
  type GlobalView,
  type Operator,
  type Origin,
  type ReplyRule,
  type Store,
  type StoreSpec,
  type StreamRecord,
} from "./operator.ts";
export type { AvroSchema, Compatibility, SchemaRegistry } from "./registry/registry.ts";
export { Application } from "./runtime/application.ts";
export type { ApplicationOptions } from "./runtime/application-options.ts";
export type { Delivery } from "./runtime/commit/commit.ts";
export { memberMemoryIn } from "./runtime/member-file.ts";
export { instanceIdIn } from "./runtime/instance-id.ts";
export { LATENCY_HEADER } from "./runtime/commit/outbox.ts";
export {
  CORRELATION_ID,
  REPLY_PARTITION,
  REPLY_TOPIC,
  replyAddress,
  replyHeaders,
  type ReplyAddress,
} from "./request-reply/headers.ts";
export { createRequester, type Request, type Requester, type RequesterOptions } from "./request-reply/requester.ts";
export { Sender, type Sent } from "./request-reply/sender.ts";
export { Publisher, type Published, type TopicTools } from "./runtime/publisher.ts";
export { repartition, type Repartitioned, type RepartitionOptions } from "./runtime/topics/repartition.ts";
export { Buried } from "./runtime/letters/buried.ts";
export { systemClocks, type Clocks } from "./runtime/arrival-clock.ts";
export { followClock, type FollowedClock } from "./runtime/follow/follow-clock.ts";
export { followGlobals, type FollowedGlobals, type FollowOptions } from "./runtime/follow/follow-globals.ts";
export { isStillThere, type LogHistory } from "./backbone/log-history.ts";
export { readRaw, readTable, readTopic, type OffsetRange, type RawRecord, type Stretch } from "./runtime/read-topic.ts";
export { readRefused } from "./runtime/letters/read-refused.ts";
export { type Refused } from "./refused.ts";
export { ensureTopic } from "./runtime/topics/topics.ts";
export { within } from "./pause.ts";
export { PLACE_HEADER, placeOf } from "./place.ts";
export { makeFolder } from "./private-files.ts";
export { namedKeys } from "./serde/named-key.ts";
export { entryCount } from "./serde/entry-count.ts";
export {
  decimalValue,
  isoDate,
  isoTime,
  signedInteger,
  ticksPerMs,
  timeOfDay,
  wholeValue,
} from "./serde/logical-values.ts";
export { Serdes } from "./serde/serdes.ts";
export { UnreadableRecords, type UnreadableRecord } from "./serde/unreadable-records.ts";
export { shortened } from "./shortened.ts";
export { createLevelEngine } from "./state/level-engine.ts";
export { createMemoryEngine } from "./state/memory-engine.ts";
export { createRocksEngine } from "./state/rocks-engine.ts";
export type { StateEngine } from "./state/engine.ts";
export { deadLetter, letterKey, type DeadLetterValue } from "./task/dead-letter.ts";
export {
  createTestDriver,
  type TestDriver,
  type TestDriverOptions,
  type TestInput,
  type TestOutput,
} from "./test-driver/index.ts";
export {
  Stepped,
  type LaneMark,
  type Pacing,
  type SteppedOptions,
  type SteppedSource,
} from "./backbones/stepped/index.ts";
export { RecordHeads } from "./serde/record-head.ts";
export { checkRead, defineTopic, type AnyTopic, type Incoming, type Topic, type ValueOf } from "./topic.ts";
export { defineTopology, type Topology } from "./topology/topology.ts";
