import { formatDuration, rowWaitMs } from "../../blueprints/index.ts";
import { decisionRequests, observations } from "../../schemas/index.ts";
import type { Backbone } from "../../streams/index.ts";
import { namesOf } from "./history-table.ts";
import type { ImportFeed, LineCounts } from "./import-feed.ts";
import type { Importing } from "./import-options.ts";
import { KindCounts } from "./columns/kind-counts.ts";
import type { BadLine, HistoryStep } from "./lines/history-step.ts";
import type { Survey } from "./survey.ts";
import type { End } from "./walk.ts";

const MOST_LINES_SHOWN = 20;
const MOST_LINES_SAID = 5;

/** The steps of one import. */
export class ImportRun {
  readonly shown: BadLine[] = [];
  readonly kinds: KindCounts;
  readonly #options: Importing;
  readonly #feed: ImportFeed;
  #warned = false;
  #lines = 0;
  #told = 0;
  readonly #total: number;

  /** @param total of the lines that the tables have. */
  constructor(options: Importing, feed: ImportFeed, total: number) {
    this.#total = total;
    this.#options = options;
    this.#feed = feed;
    this.kinds = new KindCounts(options.blueprint);
  }

  get counts(): LineCounts {
    return this.#feed.counts;
  }

  /** @returns whether anything of the step was new */
  async take(step: HistoryStep): Promise<boolean> {
    const { say, loop, tools, onProgress, dryRun } = this.#options;
    if (this.shown.length < MOST_LINES_SHOWN) {
      for (const { file, line, problem } of step.bad.slice(0, MOST_LINES_SAID)) {
        say(`${file}:${line} ${problem}`);
        this.#told += 1;
      }
    }
    this.shown.push(...step.bad.slice(0, MOST_LINES_SHOWN - this.shown.length));
    this.kinds.add(step.outcomes);
    this.kinds.add(step.events);
    this.#lines += step.requests.length + step.outcomes.length + step.events.length;
    onProgress(this.#lines, `published, up to ${new Date(step.until).toISOString().slice(0, 13)}h`, this.#total);
    if (!this.#warned && !dryRun) {
      this.#warned = true;
      await warnOfAge(tools.backbone, step.until, say);
      // The records of an earlier import come first.
      await loop?.application.idle();
    }
    const isNew = await this.#feed.publish(step);
    if (isNew) await loop?.application.idle();
    return isNew;
  }

  /** Says how many more lines could not be used, and moves event time on. */
  async end({ until, position }: End): Promise<void> {
    const { loop, say, dryRun } = this.#options;
    const more = this.counts.badLines - this.#told;
    if (this.#told > 0 && more > 0)
      say(`and ${more} more lines that can't be used${dryRun ? "" : ": the dead letters have them"}`);
    if (!Number.isFinite(until)) return;
    await this.#feed.end(until, position);
    await loop?.idle();
  }
}

/** Event time, ms, at which rows are made of all decisions that the files hold; later files may still correct them. */
export function endOf(surveys: readonly Survey[], { blueprint, tables }: Pick<Importing, "blueprint" | "tables">): End {
  const files = namesOf(tables);
  const ends = surveys.map(({ file, to }) => {
    if (to === null || file === files.events) return Number.NEGATIVE_INFINITY;
    return file === files.decisions ? to + rowWaitMs(blueprint) : to;
  });
  return { until: Math.max(...ends) };
}

/** A broker removes records older than a topic's retention at once, by its own clock. */
async function warnOfAge(backbone: Backbone, time: number, say: Importing["say"]): Promise<void> {
  if (backbone.kind !== "kafka") return;
  for (const { topic, retentionMs } of await backbone.retention([decisionRequests.name, observations.name])) {
    if (retentionMs === null || time > Date.now() - retentionMs) continue;
    const lasts = formatDuration(retentionMs);
    say(`${topic} keeps its records for ${lasts}: lines older than that will be read and then removed by the broker`);
  }
}
