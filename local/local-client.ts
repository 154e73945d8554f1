import type { AnyUseCase, BufferOptions, Client, ClientOptions, UseCases } from "../client/index.ts";

export interface LocalClientOptions extends Omit<ClientOptions, "buffer" | "strict"> {
  /** Those that are decided here. Decisions of others, and of versions that can't be made here, are asked of the loop. */
  readonly useCases: readonly string[];
  /** The salt of the loop, which is a part of every draw. Default: that of a loop whose settings name none. */
  readonly salt?: string | undefined;
  /** Bounds of the records that wait. Decisions that were answered wait in memory alone, also with a spool. */
  readonly buffer?: BufferOptions | undefined;
}

/** This machine's clock beside the log's, by which the loop goes. */
export interface ClientClock {
  /** This machine's clock less the log's, ms; null until the loop's ticks have told the log's. */
  readonly aheadMs: number | null;
  /** Decisions that were answered before that, dated too far ahead for the loop: they have no record. */
  readonly deadLetters: number;
}

/** A client that makes decisions in this process, without asking the loop. */
export interface LocalClient<T extends UseCases<T> = AnyUseCase> extends Client<T> {
  /**
   * Resolves once every decision that was answered so far is stored or refused, or after `timeout` ms (default 5,000).
   * @returns the decisions of them that still wait
   */
  flush(options?: { readonly timeout?: number | undefined }): Promise<{ readonly waiting: number }>;
  /** Resolves once everything is read that is on the topics now: blueprints, models and rows of tables. */
  caughtUp(): Promise<void>;
  /** Records that name no time are dated by the log where this machine's clock differs by more than 10 s. */
  readonly clock: ClientClock;
}
