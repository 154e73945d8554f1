/** Retention of a use case's records, ms of event time; null: for ever. */
export interface RetentionConfig {
  /** Training rows. */
  readonly rowsMs: number | null;
  /**
   * Requests, decisions, observations and events. The topics are shared, so the longest retention of all use cases
   * counts.
   */
  readonly decisionsMs: number | null;
  /** Until decision time + `answersMs` the same decision id gets the same answer. */
  readonly answersMs: number;
  /** Until decision time + `repeatsMs` a decision made anew under the same id names the first one. */
  readonly repeatsMs: number;
}
