/**
 * Every limit of the runtime, in one place. `docs/limits.md` says of each what happens past it and what shows it; a test holds page and
 * table together.
 */
export const streamsLimits = Object.freeze({
  /** A record's key, value and headers together, on either backbone; bytes. Kafka's default. */
  recordBytes: 1_000_000,
  /** A request's correlation id, which comes back with the reply; bytes. */
  correlationIdBytes: 4_096,
  /** One `poll` gives at most this many bytes of keys and values, unless a single record is larger. */
  pollBytes: 4 << 20,
  /** Records that are fetched and not handled, over all tasks of a process; bytes. */
  queuedBytes: 64 << 20,
  /** The longest silence about something that is tried again, ms. */
  outageLineMs: 60_000,
});
