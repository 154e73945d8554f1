import type { EventRecorded } from "../../../schemas/index.ts";
import type { HistoryLine, HistoryStep } from "../lines/history-step.ts";
import { HOUR, type Ledger } from "./ledger.ts";
import type { LineFacts, LineName } from "./line-names.ts";

/** A new event of a file, beside an imported one of the same time and kind that the file does not have. */
export interface ComparedEvent {
  readonly file: string;
  readonly line: number;
  readonly name: LineName;
  readonly facts: LineFacts;
  readonly kind: string;
  /** The record that it is published as; absent of most events. */
  readonly record?: HistoryLine["records"][number];
}

/** The text of so many events is kept, to be shown. */
const MOST_SHOWN = 20;

/**
 * Compares events of no decision with the imported ones of their hours. Memory holds the names of an hour, and events
 * that may have changed.
 */
export class EventComparison {
  readonly #ledger: Pick<Ledger, "entries">;
  readonly #file: string;
  #hour = Number.NaN;
  /** Of the hour at hand: imported events not met in the file so far, imported contents, names met, and new events. */
  #left = new Map<LineName, LineFacts | null>();
  #imported = new Set<bigint>();
  #met = new Set<LineName>();
  #new: HistoryLine[] = [];
  readonly found: ComparedEvent[] = [];
  /** Events that were imported and are in the file. */
  known = 0;
  /** Of them those that an earlier release imported, which kept no account of their values. */
  uncompared = 0;

  constructor(ledger: Pick<Ledger, "entries">, file: string) {
    this.#ledger = ledger;
    this.#file = file;
  }

  async add({ from, events }: HistoryStep): Promise<void> {
    const hour = Math.floor(from / HOUR) * HOUR;
    if (hour !== this.#hour) {
      this.end();
      this.#hour = hour;
      for (const { name, facts } of await this.#ledger.entries(hour)) {
        this.#left.set(name, facts);
        if (facts !== null) this.#imported.add(facts.content);
      }
    }
    for (const line of events) this.#take(line);
  }

  #take(line: HistoryLine): void {
    const { name } = line;
    if (this.#met.has(name)) return;
    this.#met.add(name);
    const imported = this.#left.get(name);
    if (imported === undefined) {
      // One more of a content that was imported is one more, and changes none.
      if (this.#left.size > 0 && !this.#imported.has(line.facts!.content)) this.#new.push(line);
      return;
    }
    this.#left.delete(name);
    this.known += 1;
    if (imported === null) this.uncompared += 1;
  }

  /** The last hour is over. */
  end(): void {
    const gone = [...this.#left.values()].filter((facts) => facts !== null);
    const places = new Set(gone.map(({ place }) => place));
    for (const { name, line, facts, records } of this.#new) {
      if (!places.has(facts!.place)) continue;
      const [record] = records as [HistoryLine["records"][number]];
      const { kind } = record.value as EventRecorded;
      const shown = this.found.length < MOST_SHOWN ? { record } : {};
      this.found.push({ file: this.#file, line, name, facts: facts!, kind, ...shown });
    }
    this.#left = new Map();
    this.#imported = new Set();
    this.#met = new Set();
    this.#new = [];
  }
}
