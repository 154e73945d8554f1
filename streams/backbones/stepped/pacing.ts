/** Work in small pieces with rests between them, so that others have the machine and the brokers at once when they need them. */
export interface Pacing {
  /** Most records of one `poll` of the group. */
  readonly pollRecords: number;
  /** Awaited after each piece with the milliseconds it took. */
  readonly rest: (workedMs: number) => Promise<void>;
}
