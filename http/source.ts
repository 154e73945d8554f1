import type { ValidBlueprints } from "../catalogue/index.ts";
import type { Client } from "../client/index.ts";
import { DomainError } from "../schemas/index.ts";

/** Whether decisions can be asked here, and the reasons. */
export interface Readiness {
  readonly ready: boolean;
  /** The reasons that it is not ready; empty: it is. */
  readonly waitsFor: readonly string[];
  /** Whether this process is a member of the loop's group; null: the loop runs in other processes only. */
  readonly joined: boolean | null;
  /** Tasks whose state is being restored. */
  readonly restoring: number;
  /** Retained records that are still to be read for event windows. */
  readonly windowRecordsLeft: number;
  /** Requests that no task has handled yet; null: not known. */
  readonly lag: number | null;
}

/** A version of a row of a reference table; values null: the row is deleted. */
interface RowVersion {
  readonly table: string;
  /** The parts of its key. */
  readonly key: readonly string[];
  readonly values: Readonly<Record<string, null | boolean | number | string>> | null;
}

/** Rows of reference tables. Both reject with `UNDECLARED` or `BAD_ROW` for what no blueprint declares. */
export interface SourceTables {
  /**
   * Resolves once the version is stored.
   * @param row values may be arrays, for vectors; `validFrom`: decisions strictly after it see the row, ms
   */
  put(
    row: Omit<RowVersion, "values"> & {
      readonly values: Readonly<Record<string, unknown>> | null;
      readonly validFrom?: number | undefined;
    },
  ): Promise<{
    readonly key: readonly string[];
    readonly validFrom: number;
  }>;
  /** The row that a decision at a time sees, ms; absent: now. */
  get(
    table: string,
    key: readonly string[],
    asOf: number | undefined,
  ): Promise<RowVersion & { readonly validFrom: number | null; readonly versions: readonly number[] }>;
}

/** The loop as the HTTP interface uses it: one of its clients, the catalogue, and its state. */
export interface HttpSource {
  readonly client: Pick<Client, "getDecision" | "logObservations" | "logEvent">;
  readonly tables: SourceTables;
  /** The published versions. */
  blueprints(): Promise<ValidBlueprints>;
  /** No clock that may be right is ahead of this, ms: neither the log's nor this process's. */
  latest(): number;
  readiness(): Promise<Readiness>;
}

/** The loop while it starts and stops: the port is open before it can answer. */
export class SourceSlot {
  #source: HttpSource | undefined;

  enter(source: HttpSource): void {
    this.#source = source;
  }

  leave(): void {
    this.#source = undefined;
  }

  get now(): HttpSource | undefined {
    return this.#source;
  }

  /** Throws `NOT_READY` before the loop runs and after its end. */
  get(): HttpSource {
    if (this.#source !== undefined) return this.#source;
    throw new DomainError("NOT_READY", "the loop is starting or stopping here: ask again in a moment");
  }
}
