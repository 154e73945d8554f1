import type { Tools } from "../loop.ts";
import { letterOfLine } from "./bad-lines.ts";
import { Feed } from "./feed.ts";
import { HOUR, Ledger } from "./again/ledger.ts";
import type { LineName } from "./again/line-names.ts";
import type { LeftOut, Ledgers } from "./again/look-for-changes.ts";
import type { Walk } from "./walk.ts";
import { recordsOf, type BadLine, type HistoryLine, type HistoryStep } from "./lines/history-step.ts";

/** How many lines there were of each kind, and of them those that an import had published before. */
export interface LineCounts {
  decisions: number;
  observations: number;
  /** Those that observations also are, and those of no decision. */
  events: number;
  /** Of those that observations are: their decision is not in the file before them, or its TTL was over. */
  eventsWithoutDecision: number;
  badLines: number;
  /** Observations that were left out: the lines of their decisions are bad. */
  waiting: number;
  /** Lines of any kind that were published before. */
  known: number;
  /** Left-out lines that differ from those published before. */
  changed: number;
  /** New lines that are older than those published before. */
  older: number;
}

export const noLines = (): LineCounts => ({
  ...{ decisions: 0, observations: 0, events: 0, eventsWithoutDecision: 0 },
  ...{ badLines: 0, waiting: 0, known: 0, changed: 0, older: 0 },
});

/** Counts lines as published. */
export function countLines(counts: LineCounts, step: Pick<HistoryStep, "requests" | "outcomes" | "events">): void {
  counts.decisions += step.requests.length;
  counts.observations += step.outcomes.length;
  counts.events += step.events.length;
  for (const { records, keyless } of step.outcomes) {
    counts.events += records.length - 1;
    if (keyless === true) counts.eventsWithoutDecision += 1;
  }
}

export interface ImportFeedOptions {
  readonly id: string;
  readonly useCase: string;
  /** Lines are counted, and nothing is published. */
  readonly dryRun?: boolean;
  /** Of history that is walked through: it remembers how far it came. */
  readonly walk?: Pick<Walk, "onRequests"> | undefined;
  /** The clock, ms. */
  readonly now?: () => number;
}

/** Lines of history on their way to the topics: each is published once, whichever file and whichever import it comes with. */
export class ImportFeed {
  readonly counts = noLines();
  /** Absent: nothing is published. */
  readonly #feed: Feed | undefined;
  readonly #ledger: Ledger;
  /** Of events of no decision, which belong to every use case. */
  readonly #shared: Ledger;
  readonly #useCase: string;
  readonly #onRequests: Walk["onRequests"];
  #leftOut: readonly ReadonlySet<LineName>[] = [];
  #again: ReadonlySet<LineName> = new Set();
  /** The ends of imports before this one, by source; event time, ms. */
  readonly #ends: ReadonlyMap<string, number>;
  /** The same of events of no decision. */
  readonly #eventsEnd: number;
  #source: string | undefined;

  static async open(
    tools: Pick<Tools, "backbone" | "publisher" | "serdes">,
    options: ImportFeedOptions,
  ): Promise<ImportFeed> {
    const { id, useCase, now, walk } = options;
    const producerId = `${id}-import-${useCase}`;
    const feeding = {
      ...(walk === undefined ? { groupId: producerId, stepMs: HOUR } : { groupId: `${id}-walk-${useCase}`, stepMs: 1 }),
      ...{ producerId, source: sourceName(useCase, FIRST), replies: walk?.onRequests !== undefined },
      ...(now === undefined ? {} : { now }),
    };
    const feed = options.dryRun === true ? undefined : await Feed.open(tools, feeding);
    // The feed has ended any other import by now, so nothing that is read here changes meanwhile.
    return new ImportFeed(feed, await Ledger.open(tools, useCase), await Ledger.open(tools, ""), options);
  }

  private constructor(feed: Feed | undefined, ledger: Ledger, shared: Ledger, { useCase, walk }: ImportFeedOptions) {
    this.#feed = feed;
    this.#ledger = ledger;
    this.#shared = shared;
    this.#useCase = useCase;
    this.#onRequests = walk?.onRequests;
    this.#ends = ledger.sources();
    this.#eventsEnd = Math.max(...shared.sources().values());
  }

  /** The memory of all imports. */
  get ledgers(): Ledgers {
    return { own: this.#ledger, shared: this.#shared };
  }

  /** These are not published, or though they are known. */
  leaveOut({ same, changed, again, count }: LeftOut): void {
    this.#leftOut = [same, changed];
    this.#again = again;
    this.counts.changed = count;
  }

  /** Publishes the lines of a step that are new. @returns whether there were any. */
  async publish(step: HistoryStep): Promise<boolean> {
    const hour = Math.floor(step.from / HOUR) * HOUR;
    const [known, shared] = [await this.#ledger.names(hour), await this.#shared.names(hour)];
    const isNew =
      (names: ReadonlySet<bigint>) =>
      ({ name }: HistoryLine | BadLine) =>
        (!names.has(name) || this.#again.has(name)) && !this.#leftOut.some((some) => some.has(name));
    const requests = distinct(step.requests.filter(isNew(known)));
    const outcomes = step.outcomes.filter(isNew(known));
    const events = step.events.filter(isNew(shared));
    const bad = step.bad.filter(isNew(known));
    this.#count(step, { requests, outcomes, events });
    if (requests.length + outcomes.length + events.length + bad.length === 0) return false;
    this.#choose(hour);
    if (this.#isOlder(hour)) this.counts.older += requests.length + outcomes.length + events.length;
    else if (hour < this.#eventsEnd) this.counts.older += requests.length;
    if (this.#feed === undefined) return false;
    const source = this.#source!;
    const asked = recordsOf(requests);
    this.#onRequests?.(asked);
    await this.#feed.publish({
      until: step.until,
      // Events are no part of a use case's time: they may be imported before its decisions.
      moves: requests.length + outcomes.length > 0,
      outcomes: [
        ...recordsOf(events),
        ...recordsOf(outcomes),
        ...this.#shared.memory(source, hour, events),
        ...this.#ledger.memory(source, hour, outcomes),
      ],
      requests: asked,
      rest: [
        ...this.#ledger.memory(source, hour, [...requests, ...bad]),
        ...bad.map((line) => letterOfLine(line, Math.max(0, step.until))),
      ],
    });
    return true;
  }

  #count(step: HistoryStep, left: Pick<HistoryStep, "requests" | "outcomes" | "events">): void {
    const { counts } = this;
    const all = step.requests.length + step.outcomes.length + step.events.length;
    const published = left.requests.length + left.outcomes.length + left.events.length;
    countLines(counts, left);
    counts.badLines += step.bad.length;
    counts.waiting += step.waiting ?? 0;
    counts.known += all - published + (step.repeated ?? 0);
  }

  /**
   * History that goes on from the end of an import moves the time of that import's source. A killed import that goes on
   * does the same. History that is older than all those ends has a time of its own.
   */
  #choose(hour: number): void {
    if (this.#source !== undefined) return;
    const ends = [...this.#ends];
    const before = ends.filter(([, end]) => end <= hour).sort(([, a], [, b]) => b - a);
    const next = 1 + Math.max(0, ...ends.map(([source]) => Number(source)));
    this.#source = before[0]?.[0] ?? String(next);
    this.#feed?.moveTimeOf(sourceName(this.#useCase, this.#source));
  }

  #isOlder(hour: number): boolean {
    return [...this.#ends.values()].some((end) => hour < end);
  }

  /** Event time up to which a walk has come, ms; `-Infinity`: it has not begun. */
  async position(): Promise<number> {
    return (await this.#feed?.position()) ?? Number.NEGATIVE_INFINITY;
  }

  /** Event time goes on to here, ms. @param position of a walk; absent: the same */
  async end(until: number, position?: number): Promise<void> {
    if (this.#source === undefined) this.#choose(Number.POSITIVE_INFINITY);
    await this.#feed?.tick(until, position);
  }

  async close(): Promise<void> {
    await this.#ledger.close();
    await this.#shared.close();
    await this.#feed?.close();
  }
}

const FIRST = "1";
const sourceName = (useCase: string, source: string): string =>
  source === FIRST ? `import-${useCase}` : `import-${useCase}-${source}`;

/** A file may name a decision twice. */
function distinct(lines: readonly HistoryLine[]): readonly HistoryLine[] {
  const seen = new Set<bigint>();
  return lines.filter(({ name }) => !seen.has(name) && seen.add(name));
}
