import type { HistoryLine, HistoryStep } from "../lines/history-step.ts";
import { Alike } from "./alike.ts";
import type { EventComparison } from "./changed-events.ts";
import { HOUR, type Ledger } from "./ledger.ts";
import type { LineFacts, LineName } from "./line-names.ts";
import type { ReadSaid } from "./said.ts";

/** A decision or an observation of a file. */
export interface ComparedLine {
  readonly file: string;
  readonly line: number;
  readonly isDecision: boolean;
  readonly name: LineName;
  readonly facts: LineFacts;
  /** The content without columns that the blueprint does not know. */
  readonly declared: bigint;
  /** The record that it is published as; absent of most lines. */
  record?: HistoryLine["records"][number];
}

/** A line that was imported with the same values at another time. */
export interface MovedLine {
  readonly line: ComparedLine;
  /** How much later it is now, ms. */
  readonly byMs: number;
}

/** Differences between the files and earlier imports. */
export interface Differences {
  /**
   * Lines of a thing that was imported with other values: a decision of that id and time, or an observation of that
   * decision, time and kind.
   */
  readonly changed: readonly ComparedLine[];
  readonly movedDecisions: readonly MovedLine[];
  /** Most of the observations that are new were imported so much earlier or later. */
  readonly movedObservations: readonly MovedLine[];
  /** Lines that an earlier release imported: it kept no account of their values. */
  readonly uncompared: number;
  /** Observations whose events were imported without keys, and whose decisions are known now. */
  readonly keyed: readonly ComparedLine[];
}

export interface ComparedFiles {
  readonly decisions: string | undefined;
  readonly observations: string | undefined;
  /** Event times of the earliest and the latest line, ms. */
  readonly from: number;
  readonly to: number;
  /** Of the observations alone. */
  readonly observedFrom: number;
  readonly observedTo: number;
  /** Reads the content of lines by today's blueprint. */
  readonly read: ReadSaid;
}

/** No two time zones are further apart but for an hour or two. */
export const MOST_MOVED_MS = 24 * HOUR;
/** The records of so many lines of an hour are kept, to be shown. */
const MOST_SHOWN = 20;

/**
 * Compares files with the imports of their time and of a day around it. Memory holds the names of an hour, and the
 * lines that are new or gone within a day.
 */
export async function differences(
  steps: AsyncIterable<HistoryStep>,
  ledger: Pick<Ledger, "hours" | "entries">,
  files: ComparedFiles,
  events?: EventComparison,
): Promise<Differences> {
  const comparison = new Comparison(ledger, files);
  for await (const step of steps) {
    await comparison.add(step);
    await events?.add(step);
  }
  events?.end();
  return comparison.end();
}

class Comparison {
  readonly #ledger: Pick<Ledger, "hours" | "entries">;
  readonly #files: ComparedFiles;
  /** Of the ledger, in their order. */
  readonly #hours: readonly number[];
  #nextHour = 0;
  #hour = Number.NaN;
  /** Of the hour at hand: imported lines not met in the files so far, names met, and new lines. */
  #left = new Map<LineName, LineFacts | null>();
  #met = new Set<LineName>();
  #new: ComparedLine[] = [];
  readonly #fresh = new Alike<ComparedLine>(({ facts }) => facts);
  readonly #gone = new Alike<LineFacts>((facts) => facts);
  readonly #changed: ComparedLine[] = [];
  readonly #movedDecisions = new Map<ComparedLine, number>();
  /** By how much later they are. */
  readonly #movedObservations = new Map<number, Set<ComparedLine>>();
  #newObservations = 0;
  #uncompared = 0;
  readonly #keyed: ComparedLine[] = [];

  constructor(ledger: Pick<Ledger, "hours" | "entries">, files: ComparedFiles) {
    this.#ledger = ledger;
    this.#files = files;
    const { from, to } = files;
    this.#hours = ledger.hours().filter((hour) => hour > from - MOST_MOVED_MS - HOUR && hour <= to + MOST_MOVED_MS);
  }

  async add({ from, requests, outcomes }: HistoryStep): Promise<void> {
    await this.#goTo(Math.floor(from / HOUR) * HOUR);
    const { decisions, observations } = this.#files;
    for (const line of requests) this.#take(line, decisions!, true);
    for (const line of outcomes) this.#take(line, observations!, false);
  }

  #take({ name, line, facts, records, keyless }: HistoryLine, file: string, isDecision: boolean): void {
    if (this.#met.has(name)) return;
    this.#met.add(name);
    const imported = this.#left.get(name);
    this.#left.delete(name);
    const [record] = records;
    if (imported === null) return void (this.#uncompared += 1);
    if (imported?.content === facts!.content) {
      if (imported.keyless === true && keyless !== true)
        this.#keyed.push({ file, line, isDecision, name, facts: facts!, declared: 0n });
      return;
    }
    const { declared } = this.#files.read(record!);
    const to = imported === undefined ? this.#new : this.#changed;
    if (imported === undefined && !isDecision) this.#newObservations += 1;
    to.push({
      file,
      line,
      isDecision,
      name,
      facts: facts!,
      declared,
      ...(to.length < MOST_SHOWN ? { record: record! } : {}),
    });
  }

  async #goTo(hour: number): Promise<void> {
    if (hour === this.#hour) return;
    this.#endHour();
    for (; this.#hours[this.#nextHour]! < hour; this.#nextHour += 1) {
      await this.#begin(this.#hours[this.#nextHour]!);
      this.#endHour();
    }
    await this.#begin(hour);
    if (this.#hours[this.#nextHour] === hour) this.#nextHour += 1;
  }

  async #begin(hour: number): Promise<void> {
    this.#hour = hour;
    for (const held of [this.#fresh, this.#gone]) held.forget(hour - MOST_MOVED_MS);
    if (!Number.isFinite(hour)) return;
    for (const { name, facts } of await this.#ledger.entries(hour)) this.#left.set(name, facts);
  }

  #endHour(): void {
    const gone = [...this.#left.values()].filter((facts) => facts !== null);
    const places = new Set(gone.map(({ place }) => place));
    for (const line of this.#new) {
      if (places.has(line.facts.place)) this.#changed.push({ ...line });
      delete line.record;
      this.#fresh.add(line);
      for (const facts of this.#gone.like(line.facts)) this.#move(line, facts);
    }
    for (const facts of gone) {
      this.#gone.add(facts);
      for (const line of this.#fresh.like(facts)) this.#move(line, facts);
    }
    this.#left = new Map();
    this.#met = new Set();
    this.#new = [];
  }

  #move(line: ComparedLine, { time }: LineFacts): void {
    const byMs = line.facts.time - time;
    if (byMs === 0 || Math.abs(byMs) > MOST_MOVED_MS) return;
    if (line.isDecision) return void this.#movedDecisions.set(line, byMs);
    // An observation may happen again in the same way. It has moved only if the file covers that time, since the file
    // would have it there too.
    const { observedFrom, observedTo } = this.#files;
    if (time < observedFrom || time > observedTo) return;
    const others = this.#movedObservations.get(byMs);
    if (others === undefined) this.#movedObservations.set(byMs, new Set([line]));
    else others.add(line);
  }

  async end(): Promise<Differences> {
    await this.#goTo(Number.POSITIVE_INFINITY);
    const movedDecisions = [...this.#movedDecisions].map(([line, byMs]) => ({ line, byMs }));
    const [byMs, most] = [...this.#movedObservations].sort(([, a], [, b]) => b.size - a.size)[0] ?? [0, nobody];
    const isMost = most.size * 2 >= this.#newObservations;
    const movedObservations = isMost ? [...most].map((line) => ({ line, byMs })) : [];
    return {
      changed: this.#changed,
      movedDecisions,
      movedObservations,
      uncompared: this.#uncompared,
      keyed: this.#keyed,
    };
  }
}

const nobody: ReadonlySet<ComparedLine> = new Set();
