import { rowWaitMs, type Blueprint } from "../../blueprints/index.ts";
import type { Published } from "../../streams/index.ts";
import { HOUR } from "./again/ledger.ts";
import { HistoryError } from "./history-error.ts";
import type { ImportFeed } from "./import-feed.ts";
import type { HistoryStep } from "./lines/history-step.ts";
import type { Survey } from "./survey.ts";

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
  /**
   * Called when the loop has handled a step. It may be called again for the same step after a kill, with nothing
   * published in between.
   * @param time of its end, ms of event time
   */
  readonly after: (time: number) => Promise<void>;
}

/** A walk under way. */
interface Walking {
  /** False: the step and those behind it are left for another time. */
  takes(step: HistoryStep): boolean;
  /** @param isNew whether anything of the step was published just now */
  after(step: HistoryStep, isNew: boolean): Promise<void>;
  /** Event time, ms, up to which time moves at the end; `-Infinity`: it stays. */
  end(): number;
}

/** Rejects with a `HistoryError` if an import has published lines of these files: nothing was done between its steps. */
export async function startWalk(
  walk: Walk,
  feed: ImportFeed,
  surveys: readonly Survey[],
  blueprint: Blueprint,
): Promise<Walking> {
  const { stepMs, until = Number.POSITIVE_INFINITY, closes = false, signal } = walk;
  const position = await feed.position();
  checkImported(feed, position, surveys, blueprint);
  const stepOf = (time: number): number => Math.floor(time / stepMs);
  let last = Number.NEGATIVE_INFINITY;
  let isCut = false;
  return {
    takes(step) {
      isCut = step.until > until || signal?.aborted === true;
      return !isCut;
    },
    async after(step, isNew) {
      const isEnd = stepOf(step.until) > stepOf(last);
      last = Math.max(last, step.until);
      if (!isNew && step.until < position) return;
      // On Kafka a kill may come between the outcomes of a step and its requests and tick.
      if (!isNew && step.until > position && step.requests.length + step.outcomes.length > 0)
        await feed.end(step.until);
      if (isEnd) await walk.after(step.until);
    },
    end() {
      if (isCut && (!closes || signal?.aborted === true)) return Number.NEGATIVE_INFINITY;
      // Always behind the last step: a finished walk that is begun again does nothing at its steps.
      return last + Math.max(1, rowWaitMs(blueprint));
    },
  };
}

/** A kill may leave one hour's lines without the position behind them. */
const MOST_WITHOUT_POSITION = 1;

function checkImported(feed: ImportFeed, position: number, surveys: readonly Survey[], { useCase }: Blueprint): void {
  const first = Math.min(...surveys.map(({ from }) => from ?? Number.POSITIVE_INFINITY));
  const from = Math.max(position, Math.floor(first / HOUR) * HOUR);
  const hours = feed.ledgers.own.hours().filter((hour) => hour >= from);
  if (hours.length <= MOST_WITHOUT_POSITION) return;
  throw new HistoryError(
    `lines of ${useCase} from ${new Date(hours[0]!).toISOString()} on were imported before, and nothing was trained between them. ` +
      "Nothing was published. Run these files in a place of their own: another --dir, or another --id on Kafka",
  );
}
