import type { Published } from "../../streams/index.ts";
import type { HistoryStep } from "./lines/history-step.ts";

/**
 * History that is walked through step by step of event time, with work between the steps. A walk that was killed goes
 * on at the step at which it ended: that step's work is done again, since it may be missing.
 */
export interface Walk {
  /** ms of event time: a whole part of an hour, or whole hours. */
  readonly stepMs: number;
  /** Event time, ms: steps that end later are left for another time. Absent: there is no such time. */
  readonly until?: number | undefined;
  /** Rows are made of all decisions that were read, even if `until` has left out later lines. Default false: decisions whose time is not over stay open. */
  readonly closes?: boolean | undefined;
  /** Aborted: the walk ends behind the step at hand. */
  readonly signal?: AbortSignal | undefined;
  /** Called before requests are published. Present: they ask for replies, on `REPLY_PARTITION_OF_FEED`. */
  readonly onRequests?: ((requests: readonly Published<unknown>[]) => void) | undefined;
  /** Called before anything is published. @param from no step ends before it; event time, ms */
  readonly before?: ((from: number) => Promise<void>) | undefined;
  /**
   * Called when the loop has handled a step. It may be called again for the same step after a kill, with nothing
   * published in between.
   * @param time of its end, ms of event time
   */
  readonly after: (time: number) => Promise<void>;
}

/** A walk under way. */
export interface Walking {
  /** False: the step and those behind it are left for another time. */
  takes(step: HistoryStep): boolean;
  /** @param isNew whether anything of the step was published just now */
  after(step: HistoryStep, isNew: boolean): Promise<void>;
  end(): End;
}

/** The end of an import, event time in ms. */
export interface End {
  /** Time moves to here; `-Infinity`: it stays. */
  readonly until: number;
  /** Of a walk. */
  readonly position?: number;
}
