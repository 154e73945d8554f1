import { imports, type ImportedLines } from "../../../schemas/index.ts";
import {
  readRaw,
  type Backbone,
  type LogRecord,
  type Published,
  type Reader,
  type Serdes,
} from "../../../streams/index.ts";
import type { LineFacts, LineName } from "./line-names.ts";

export const HOUR = 3_600_000;

/** Marks an hour that this import has published itself, and need not read. */
const HERE = -1;

/** The memory of one published line. */
export interface Entry {
  readonly name: LineName;
  /** Null: an earlier release published it, or it is a bad line. */
  readonly facts: LineFacts | null;
}

const FACTS_BYTES = 20;

interface Place {
  readonly source: string;
  readonly offset: number;
}

interface LedgerTools {
  readonly backbone: Backbone;
  readonly serdes: Serdes;
}

/**
 * The lines that imports of a scope have published, hour by hour, as stored on the topic `imports`. Memory holds the
 * places of the hours, about a hundred bytes each, and the names of one hour's lines, eight bytes each as they are
 * stored.
 */
export class Ledger {
  readonly #scope: string;
  readonly #tools: LedgerTools;
  readonly #places: Map<number, Place[]>;
  #reader: Reader | undefined;
  /** Fetched around the last place that was asked for. */
  #fetched: readonly LogRecord[] = [];
  /** Of the last hour that was asked for. */
  #hour = Number.NaN;
  #names = new Set<LineName>();

  /** @param scope the use case; empty: events of no decision. */
  static async open(tools: LedgerTools, scope: string): Promise<Ledger> {
    const places = new Map<number, Place[]>();
    for await (const records of readRaw(tools.backbone, imports.name)) {
      for (const { key, value, offset } of records) {
        const parts = partsOf(Buffer.from(key ?? []).toString());
        if (value === null || parts === undefined || parts.scope !== scope) continue;
        const place = { source: parts.source, offset };
        const known = places.get(parts.hour);
        if (known === undefined) places.set(parts.hour, [place]);
        else known.push(place);
      }
    }
    return new Ledger(tools, scope, places);
  }

  private constructor(tools: LedgerTools, scope: string, places: Map<number, Place[]>) {
    this.#tools = tools;
    this.#scope = scope;
    this.#places = places;
  }

  /** Whether lines dated in the hours from the one to before the other moment were published. */
  hasBetween(from: number, to: number): boolean {
    for (const hour of this.#places.keys()) if (hour + HOUR > from && hour < to) return true;
    return false;
  }

  /** By source: the last hour of which it has lines. */
  sources(): ReadonlyMap<string, number> {
    const last = new Map<string, number>();
    for (const [hour, places] of this.#places) {
      for (const { source } of places) last.set(source, Math.max(hour, last.get(source) ?? Number.NEGATIVE_INFINITY));
    }
    return last;
  }

  /** The hours of which lines were published, in their order. */
  hours(): readonly number[] {
    return [...this.#places.keys()].sort((a, b) => a - b);
  }

  /** All that is remembered of an hour, of imports before this one. */
  async entries(hour: number): Promise<readonly Entry[]> {
    const found: Entry[] = [];
    for (const { offset } of this.#places.get(hour) ?? [])
      if (offset !== HERE) found.push(...entriesOf(await this.#read(offset)));
    return found;
  }

  /** Names of the lines of this hour that were published. */
  async names(hour: number): Promise<ReadonlySet<LineName>> {
    if (hour === this.#hour) return this.#names;
    const names = new Set<LineName>();
    for (const { offset } of this.#places.get(hour) ?? []) {
      if (offset === HERE) continue;
      const value = await this.#read(offset);
      const lines = Buffer.from(value.lines);
      for (let at = 0; at + 8 <= lines.length; at += 8) names.add(lines.readBigUInt64LE(at));
    }
    this.#hour = hour;
    return (this.#names = names);
  }

  async #read(offset: number): Promise<ImportedLines> {
    const at = { topic: imports.name, partition: 0, offset };
    let record = this.#fetched.find((one) => one.offset === offset);
    if (record === undefined) {
      if (this.#reader === undefined) this.#reader = await this.#tools.backbone.reader([at]);
      else this.#reader.seek(at);
      while (record === undefined) {
        const [fetch] = await this.#reader.poll(1_000);
        this.#fetched = fetch?.records ?? [];
        record = this.#fetched.find((one) => one.offset === offset);
      }
    }
    const { serdes } = this.#tools;
    if (!serdes.knows(record.value!)) await serdes.learn(record.value!);
    return serdes.decode(imports, record.value!);
  }

  /** The memory of one hour's lines, to be published with them; nothing if there are none. */
  memory(
    source: string,
    hour: number,
    published: readonly { readonly name: LineName; readonly facts?: LineFacts }[],
  ): readonly Published<unknown>[] {
    if (published.length === 0) return [];
    const lines = Buffer.allocUnsafe(published.length * 8);
    const facts = Buffer.alloc(published.length * FACTS_BYTES);
    for (const [at, { name, facts: known }] of published.entries()) {
      lines.writeBigUInt64LE(name, at * 8);
      if (known !== undefined) writeFacts(facts, at * FACTS_BYTES, known, hour);
      if (hour === this.#hour) this.#names.add(name);
    }
    const known = this.#places.get(hour) ?? [];
    const key = `${this.#scope}/${source}/${hour}/${known.length}`;
    this.#places.set(hour, [...known, { source, offset: HERE }]);
    const value: ImportedLines = { scope: this.#scope, source, hour, lines, facts };
    return [{ topic: imports, key, value, time: Math.max(0, hour) }];
  }

  async close(): Promise<void> {
    await this.#reader?.close();
  }
}

/** Above the milliseconds of an hour. */
const KEYLESS = 2 ** 31;

function writeFacts(facts: Buffer, at: number, { place, content, time, keyless }: LineFacts, hour: number): void {
  facts.writeBigUInt64LE(place, at);
  facts.writeBigUInt64LE(content, at + 8);
  facts.writeUInt32LE(time - hour + (keyless === true ? KEYLESS : 0), at + 16);
}

function* entriesOf({ hour, lines: names, facts: all }: ImportedLines): Generator<Entry> {
  const [lines, facts] = [Buffer.from(names), Buffer.from(all)];
  for (let at = 0; (at + 1) * 8 <= lines.length; at += 1) {
    const from = at * FACTS_BYTES;
    const place = from + FACTS_BYTES <= facts.length ? facts.readBigUInt64LE(from) : 0n;
    yield { name: lines.readBigUInt64LE(at * 8), facts: place === 0n ? null : factsAt(facts, from, place, hour) };
  }
}

function factsAt(facts: Buffer, at: number, place: bigint, hour: number): LineFacts {
  const within = facts.readUInt32LE(at + 16);
  const keyless = within >= KEYLESS;
  const time = hour + (keyless ? within - KEYLESS : within);
  return { place, content: facts.readBigUInt64LE(at + 8), time, ...(keyless ? { keyless } : {}) };
}

/** A scope may hold anything, a source has no slash. */
function partsOf(key: string): { readonly scope: string; readonly source: string; readonly hour: number } | undefined {
  const [, scope, source, hour] = /^(.*)\/([^/]+)\/(\d+)\/\d+$/s.exec(key) ?? [];
  return hour === undefined ? undefined : { scope: scope!, source: source!, hour: Number(hour) };
}
