import type { Log } from "../../log.ts";
import type { Outages } from "../../outage.ts";
import type { SyncMode } from "./disk-sync.ts";
import type { LogDatabase } from "./write-queue.ts";

export interface EmbeddedBackboneOptions {
  /** Directory of the log; made when missing. One process at a time may have it open. */
  readonly dir: string;
  /**
   * When an acknowledged write is on the disk, and so survives a power cut. Default `none`: when the system sees fit.
   */
  readonly sync?: SyncMode;
  /** Gets a line for records that the disk has lost. Default: nothing is logged. */
  readonly log?: Log;
  /** Told while the log can't be written. Default: the log is. */
  readonly outages?: Outages;
  /**
   * The wall clock, ms; default the system's without its short jumps. Retention removes nothing younger by it, and
   * topics with `arrival` timestamps take theirs from it.
   */
  readonly now?: () => number;
  /** Absent: for a loop that runs for long. */
  readonly memory?: LogMemory;
  /** Opens the log's database at a path. Default: LevelDB as it is. */
  readonly database?: (path: string) => LogDatabase;
}

/** LevelDB's memory for the log, by the purpose of the process. */
export interface LogMemory {
  /** Writes that are not in tables yet, twice as many for a moment; bytes. Default 16 MiB. More of them are sorted at once, and less often again. */
  readonly writeBufferBytes?: number;
  /** Tables of two megabytes that are mapped into memory at a time. Default 1,000. */
  readonly openFiles?: number;
}
