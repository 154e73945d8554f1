/**
 * Every limit on producers' records and on the state kept of them, in one place. `docs/limits.md` gives the consequence
 * and the metric of each; a test holds page and table together.
 */
export const recordLimits = Object.freeze({
  /** The value of a request, an observation or an event, encoded; bytes. */
  valueBytes: 524_288,
  /** A decision id, an observation id or a unit; bytes. */
  idBytes: 512,
  /** A use case, a kind of event, or the name of an entry of a context, an observation or an event; bytes. */
  nameBytes: 1_024,
  /** Entries of a context, an observation or an event. */
  mapEntries: 4_096,
  /** A text in a context, an observation or an event; bytes. */
  textBytes: 262_144,
  /** Candidates of a request. */
  candidates: 500,
  /** The key of a request, an observation or an event; bytes. */
  keyBytes: 1_024,
  /** Headers of a request, an observation or an event. */
  headers: 100,
  /** Names and values of those headers together; bytes. */
  headerBytes: 32_768,
  /** Events of one kind and key in one tile of a window, which is an eighth to a sixteenth of the longest window. */
  tileEvents: 262_144,
  /** A version of a row of a reference table, encoded; bytes. */
  tableRowBytes: 16_384,
  /** One part of such a row's key; bytes. */
  tableKeyBytes: 256,
  /** Memory of a table's rows with their keys, for each of its `maxRows`; bytes. */
  tableBytesPerRow: 1_024,
  /** Options that have weights of their own in one posterior. */
  posteriorOptions: 10_000,
  /** What rows have changed in the weights of options is kept this long on its way to them; ms. */
  posteriorUpdatesKeptMs: 7 * 86_400_000,
  /** Rows on their way to their episodes, which have them. */
  episodeRowsKeptMs: 7 * 86_400_000,
  /** Different values or buckets of one distribution in an hour's statistics. */
  statsBuckets: 64,
  /** The name of a value or bucket there; bytes. */
  statsNameBytes: 64,
  /** One use case's, version's and partition's statistics of an hour in their longest form; bytes. */
  statsHourBytes: 600_000,
  /** Names that count for nothing, of one use case and place, that one process tells apart. */
  misfitNames: 100,
  /** A strict client reads the blueprints again after this long, and before it refuses anything; ms. */
  strictTableMs: 10_000,
  /** Observations that are kept of one decision id, until its decisions are closed. */
  observationsKept: 10_000,
  /** Bytes of those observations together: their ids, names and values, with 24 for each and 4 for each value. */
  observationBytesKept: 1_000_000,
  /**
   * Names and texts of a decision's keys and categories together, which are kept for the events of its observations;
   * bytes.
   */
  decisionKeyBytes: 65_536,
  /** Replies are kept this long after they were written; ms. */
  repliesKeptMs: 3_600_000,
  /** An instance that was silent for this long is not running; ms. */
  instanceSilenceMs: 10_000,
  /** Reports of instances are kept this long; ms. */
  reportsKeptMs: 3_600_000,
  /**
   * A feature beyond it, on either side, is given to models as this value. A float32 holds three times as much, and the
   * learner puts twice as much behind the largest value of a column.
   */
  largestFeature: 1e38,
  /**
   * A row whose label is beyond it, on either side, is not learnt from. The squares of such labels, added up over a
   * hundred million rows, still fit into the float32 in which a split's gain is counted.
   */
  largestLabel: 1e15,
  /** The least propensity that history may bring, and that estimates weigh a decision by: its inverse has a square. */
  leastPropensity: 1e-12,
  /**
   * A row whose weight is beyond it is not learnt from. The weights of a hundred million such rows, added up, fit into
   * a float32.
   */
  largestWeight: 1e15,
  /**
   * A change of blueprints or models is given up after this long if other processes' changes keep coming before it; ms.
   */
  catalogueChangeMs: 60_000,
  /** The body of an HTTP request; bytes. */
  httpBodyBytes: 1_048_576,
  /** Decisions, observations or events of one HTTP request. */
  httpBulkItems: 1_000,
  /** Decisions, observations and events that HTTP requests wait for at the same time. */
  httpOpenItems: 10_000,
  /** The longest wait for a decision that an HTTP request may ask for; ms. */
  httpDecisionMs: 30_000,
  /** An HTTP request waits this long for its observation or event to be stored; ms. */
  httpStoreMs: 10_000,
  /** The request line and the headers of an HTTP request; bytes. */
  httpHeaderBytes: 16_384,
  /** From the beginning of an HTTP request to the end of its headers; ms. */
  httpHeadersMs: 10_000,
  /** From the beginning of an HTTP request to the end of its body; ms. */
  httpRequestMs: 30_000,
  /** An open HTTP connection without a request; ms. */
  httpKeepAliveMs: 72_000,
  /** HTTP connections at the same time. */
  httpConnections: 1_000,
  /** HTTP requests under way have ended this long after the loop was told to stop; ms. */
  httpCloseMs: 5_000,
  /** Requests of decisions that no task has handled: with more of them `/readyz` says no. */
  httpReadyLag: 10_000,
  /** Observations and events that wait in a client until they are stored. */
  bufferedRecords: 100_000,
  /** Their bytes in memory. */
  bufferedBytes: 64 << 20,
  /** A client that is closed stores what waits for this long; ms. */
  flushMs: 5_000,
});
