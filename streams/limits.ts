/**
 * Every limit of the runtime, in one place. `docs/limits.md` gives the consequence and the metric of each; a test holds
 * page and table together.
 */
export const streamsLimits = Object.freeze({
  /** A record's key, value and headers together, on either backbone; bytes. Kafka's default. */
  recordBytes: 1_000_000,
  /** Headers of one record, on either backbone. */
  recordHeaders: 1_000,
  /** A header's name, on either backbone; bytes. */
  headerNameBytes: 1_024,
  /** A request's correlation id, which comes back with the reply; bytes. */
  correlationIdBytes: 4_096,
  /** One `poll` gives at most this many bytes of keys and values, unless a single record is larger. */
  pollBytes: 4 << 20,
  /** Records that are fetched and not handled, over all tasks of a process; bytes. */
  queuedBytes: 64 << 20,
  /** A record may be dated this much ahead of its arrival, unless its topic says otherwise; ms. */
  maxFutureMs: 3_600_000,
  /** Records further behind are history, as far as event time goes; ms. */
  historyMs: 3_600_000,
  /**
   * A use case or feed without own records for this long is quiet; windows that older requests needed are forgotten
   * after the same time; ms.
   */
  historyQuietMs: 60_000,
  /** A feed further behind than `historyMs` is over after this long without a record; ms. */
  feedQuietMs: 3_600_000,
  /** Event times of one task: one for each use case, and one for each feed. */
  timelines: 256,
  /** A clock that is off by more at once has jumped; ms. */
  clockJumpMs: 10_000,
  /** A clock that has jumped is believed after this long; ms. */
  clockDoubtMs: 60_000,
  /** Records wait this long for globals that can't be read, and again for what was written meanwhile; ms. */
  globalsPatienceMs: 5_000,
  /** Longest silence during a wait, ms. */
  outageLineMs: 60_000,
  /** A record that needs something absent is tried again this long, while brokers and registry answer; ms. */
  recordPatienceMs: 600_000,
  /** `start` waits this long for brokers and a registry that are not there yet, ms. */
  startPatienceMs: 60_000,
  /** A process that is told to stop has ended after this long, ms. */
  stopMs: 20_000,
  /** A failed training is tried again after this long at the latest, ms. */
  trainingRetryMs: 3_600_000,
  /** Rows that trainings have read are kept for the next ones, for all use cases of a loop together; bytes on the disk. */
  keptRowsBytes: 900_000_000,
  /** Interval between two looks for topics that were made anew or given partitions, ms. */
  topicLookMs: 2_000,
  /** Retained records that are read and stored at once for parts of globals that are being filled. */
  warmingRecords: 256,
  /** Interval between log lines about the filling of globals, ms. */
  warmingLineMs: 5_000,
  /** Openings that the embedded log remembers. */
  logEpochs: 64,
  /**
   * A dead letter's copy of the value that was read; bytes. The key and then the headers have the rest of the record.
   */
  deadLetterValueBytes: 900_000,
  /** The key of a record in its dead letter; bytes. */
  deadLetterKeyBytes: 32_768,
  /** A dead letter's message; bytes. */
  deadLetterMessageBytes: 8_192,
  /** The topic, operator and code in a dead letter, each; bytes. */
  deadLetterNameBytes: 512,
  /** The records of a batch on Kafka, decompressed; bytes. */
  batchBytes: 64 << 20,
  /** A registry's refusal of a schema id holds this long, for every record of it; ms. */
  refusedSchemaMs: 10_000,
  /** A schema in a registry, as text; bytes. */
  schemaBytes: 262_144,
  /** Schemas that a schema in a registry refers to, and those to which these refer. */
  schemaReferences: 64,
  /** Values of a record's schema beside each other, whatever the record's length. */
  avroNodes: 100_000,
  /** Of these, values that take no bytes: for each byte of a record that many values may be read. */
  avroEmptyNodes: 256,
  /** Records, arrays and maps inside each other, by another writer's schema. */
  avroDepth: 1_000,
  /** A decimal by another writer's schema; bytes. Of its scale, digits. */
  avroDecimalBytes: 128,
  /** Places of unusable records that a process remembers, so that it reports each of them once. */
  unreadablePlaces: 10_000,
  /** Lines of all files that an import has in memory at a time, and publishes at once. */
  importStepLines: 20_000,
  /** Approximate bytes of these lines, as they were read. */
  importStepBytes: 32 << 20,
  /** Rows that `loopstream rows` holds in memory for sorting, as they are on the topic; bytes. */
  rowsHeldBytes: 64 << 20,
  /** Records that a client has sent and that are not stored yet, requests included; bytes. */
  sentBytes: 64 << 20,
});
