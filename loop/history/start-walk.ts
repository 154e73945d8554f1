import { rowWaitMs, type Blueprint } from "../../blueprints/index.ts";
import { HOUR } from "./again/ledger.ts";
import { HistoryError } from "./history-error.ts";
import type { ImportFeed } from "./import-feed.ts";
import type { Survey } from "./survey.ts";
import type { Walk, Walking } from "./walk.ts";

/** Rejects with a `HistoryError` if an import has published lines of these files: nothing was done between its steps. */
export async function startWalk(
  walk: Walk,
  feed: ImportFeed,
  surveys: readonly Survey[],
  blueprint: Blueprint,
): Promise<Walking> {
  const { stepMs, until = Number.POSITIVE_INFINITY, closes = false, signal } = walk;
  const position = await feed.position();
  const first = Math.min(...surveys.map(({ from }) => from ?? Number.POSITIVE_INFINITY));
  checkImported(feed, position, first, blueprint);
  await walk.before?.(Math.max(position, first));
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
      if (isCut && (!closes || signal?.aborted === true)) return { until: Number.NEGATIVE_INFINITY };
      return { until: last + rowWaitMs(blueprint), position: last + BEHIND };
    },
  };
}

/** A walk that has ended is so far behind its last step, ms: begun again, it does nothing at that step. */
const BEHIND = 1;
/** A kill may leave one hour's lines without the position behind them. */
const MOST_WITHOUT_POSITION = 1;

function checkImported(feed: ImportFeed, position: number, first: number, { useCase }: Blueprint): void {
  // Up to the hour of the last step's last moment the walk itself has published lines.
  const published = Math.floor((position - BEHIND - 1) / HOUR) * HOUR;
  const from = Math.floor(first / HOUR) * HOUR;
  const hours = feed.ledgers.own.hours().filter((hour) => hour > published && hour >= from);
  if (hours.length <= MOST_WITHOUT_POSITION) return;
  throw new HistoryError(
    `lines of ${useCase} from ${new Date(hours[0]!).toISOString()} on were imported before, and nothing was trained between them. ` +
      "Nothing was published. Run these files in a place of their own: another --dir, or another --id on Kafka",
  );
}
