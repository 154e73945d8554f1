import type { Fetch } from "../backbone/backbone.ts";
import { badTime, isEventTime } from "../backbone/event-time.ts";
import { textOf } from "../bytes.ts";
import { StreamsError } from "../errors.ts";
import { streamsLimits } from "../limits.ts";
import type { GlobalView } from "../operator.ts";
import type { Refused } from "../refused.ts";
import type { Serdes } from "../serde/serdes.ts";
import { aheadOfTime, type Arrival } from "../task/arrival.ts";
import { checkRead } from "../topic.ts";
import type { FoldBytes } from "./fold-bytes.ts";
import type { AgingBytes, FoldScope, GlobalFold, GlobalSource, GlobalTable } from "../global-source.ts";
import type { Horizon } from "./horizon.ts";
import type { TableContent } from "./table-content.ts";

export interface GlobalContentOptions {
  readonly sources: readonly GlobalSource[];
  readonly serdes: Serdes;
  readonly horizon: Horizon;
  readonly arrival: () => Arrival;
  /** Called with each unreadable record; the others are applied. */
  readonly onUndecodable: (fetch: Fetch, index: number, error: unknown) => void;
}

/** The content of tables and folds, and the records on their way into them. */
export class GlobalContent {
  readonly tables = new Map<string, TableContent>();
  readonly folds = new Map<string, FoldBytes>();
  /** Records that folds leave out when a topic is read from its start. */
  refused: Refused | undefined;
  readonly #options: GlobalContentOptions;

  constructor(options: GlobalContentOptions) {
    this.#options = options;
  }

  /** Views by name, as operators see them. */
  views(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(
      this.#options.sources.map((source) => [
        source.name,
        source.kind === "table" ? this.view(source) : this.folds.get(source.name)!,
      ]),
    );
  }

  view<T>(table: GlobalTable<T>): GlobalView<T> {
    return this.tables.get(table.name) as unknown as GlobalView<T>;
  }

  /** Another text as soon as any table has changed. */
  get tableVersions(): string {
    return [...this.tables.values()].map(({ version }) => version).join();
  }

  applyAll(kind: GlobalSource["kind"], fetches: readonly Fetch[]): void {
    for (const source of this.#options.sources) {
      if (source.kind !== kind) continue;
      for (const fetch of fetches) if (fetch.topic === source.topic.name) this.apply(source, fetch);
    }
  }

  /**
   * @param scope only into these parts of a fold, whose records were read before: faults of the records themselves were
   * reported then.
   */
  apply(source: GlobalSource, fetch: Fetch, scope?: FoldScope, refused = this.refused): void {
    const { serdes, arrival, horizon, onUndecodable } = this.#options;
    const { topic, partition } = fetch;
    const now = arrival();
    const { maxFutureMs = streamsLimits.maxFutureMs } = source.topic;
    for (const [index, record] of fetch.records.entries()) {
      const key = textOf(record.key);
      let folding = false;
      try {
        if (record.unreadable !== undefined) throw record.unreadable.error;
        if (source.kind === "table") {
          const problem = this.tables.get(source.name)!.take(source, serdes, key, record.value);
          if (problem !== undefined) onUndecodable(fetch, index, problem);
        } else if (refused?.has(topic, partition, record.offset) !== true) {
          const isTakenBack = record.value === null;
          if (isTakenBack && source.takeBack === undefined)
            throw new StreamsError("UNDECODABLE", "a tombstone on a topic of events");
          const value: unknown = record.value === null ? null : serdes.decode(source.topic, record.value);
          if (!isTakenBack) checkRead(source.topic, record, value);
          const origin = { topic, partition, offset: record.offset };
          const { timestamp: time, headers } = record;
          if (!isEventTime(time)) throw badTime(time, "its time");
          if (time > now.latest + maxFutureMs) throw aheadOfTime(time, now.latest, maxFutureMs);
          if (scope === undefined) horizon.passed(time, now);
          folding = true;
          const bytes = this.folds.get(source.name)!;
          const view = <T>(table: GlobalTable<T>): GlobalView<T> => this.view(table);
          if (isTakenBack) source.takeBack!({ key, time, headers, origin }, bytes, view, scope);
          else source.fold({ key, value, time, headers, origin }, bytes, view, scope);
        }
      } catch (error) {
        if (scope === undefined || folding) onUndecodable(fetch, index, error);
      }
    }
  }

  /**
   * Makes everything readable that folding these records reads. Call `apply` at once then.
   * @returns `undefined`: it is.
   */
  prepare(fetches: readonly Fetch[], scope?: FoldScope): Promise<void> | undefined {
    const behind = this.allFolds.filter((fold) => this.folds.get(fold.name)?.readsBehind === true);
    if (behind.length === 0) return undefined;
    const tryAll = (): void => {
      for (const fold of behind) {
        for (const fetch of fetches) if (fetch.topic === fold.topic.name) this.#tryFold(fold, fetch, scope);
      }
    };
    const trying = behind.reduce<() => void | Promise<void>>(
      (work, fold) => () => this.folds.get(fold.name)!.look(work) as void | Promise<void>,
      tryAll,
    );
    return Promise.resolve(trying());
  }

  /** Folds into nothing. Faults are reported when the records are applied. */
  #tryFold(fold: GlobalFold<unknown>, { records }: Fetch, scope: FoldScope | undefined): void {
    const bytes = this.folds.get(fold.name)!.scratch();
    for (const { key, value, timestamp: time, headers, offset } of records) {
      if (value === null) continue;
      try {
        const origin = { topic: fold.topic.name, partition: 0, offset };
        const decoded: unknown = this.#options.serdes.decode(fold.topic, value);
        fold.fold({ key: textOf(key), value: decoded, time, headers, origin }, bytes, (of) => this.view(of), scope);
      } catch {
        continue;
      }
    }
  }

  get allFolds(): readonly GlobalFold<unknown>[] {
    return this.#options.sources.filter((source) => source.kind === "fold");
  }

  /** How much older than the tasks' time a question to any fold may be, ms. */
  get lateMs(): number {
    return Math.max(0, ...this.allFolds.map(({ lateMs }) => lateMs?.((table) => this.view(table)) ?? 0));
  }

  /** Whether content of a part and number is what only questions before `time`, ms, ask for. */
  overOf(fold: GlobalFold<unknown>, time: number): (part: string, number: number) => boolean {
    let over = (_part: string, _number: number): boolean => false;
    const none: AgingBytes = {
      get: () => undefined,
      put: () => undefined,
      delete: () => undefined,
      keys: () => [],
      oldest: (isOver) => ((over = isOver), []),
    };
    fold.evict?.(time, none, (table) => this.view(table));
    return over;
  }

  /**
   * A fold forgets, of its parts in memory, what only questions before `time`, ms, ask for.
   * @param parts absent: all.
   * @returns the parts that have lost anything.
   */
  evict(fold: GlobalFold<unknown>, time: number, parts?: ReadonlySet<string>): ReadonlySet<string> {
    const bytes = this.folds.get(fold.name)!;
    const { partOf } = fold.parts ?? { partOf: () => "" };
    const lost = new Set<string>();
    const some: AgingBytes = {
      get: (key) => bytes.get(key),
      put: (key, value) => bytes.put(key, value),
      delete: (key) => {
        lost.add(partOf(key));
        bytes.delete(key);
      },
      *keys() {
        for (const key of bytes.keys()) if (parts === undefined || parts.has(partOf(key))) yield key;
      },
      oldest: (isOver) =>
        bytes.oldest((part, number) => (parts === undefined || parts.has(part)) && isOver(part, number)),
    };
    fold.evict?.(time, some, (table) => this.view(table));
    return lost;
  }
}
