import { createHash } from "node:crypto";
import { readdir, rm, utimes } from "node:fs/promises";
import { endianness } from "node:os";
import { join } from "node:path";
import { makeFolder, type Backbone, type OffsetRange, type RawRecord } from "../../streams/index.ts";
import type { Chunk } from "./chunk.ts";
import { ChunkBuilder, type Built, type ChunkSize, type KeptRecord } from "./chunk-builder.ts";
import { chunkBytes, chunkFiles, readChunk, removeFile, writeChunk, type ChunkFile } from "./chunk-files.ts";
import { changed } from "./changed.ts";
import { incarnationOf, isOld, isUnmoved, type Incarnation } from "./incarnation.ts";
import { Room } from "./room.ts";

/** Where rows that were read are kept for the next reading. */
export interface KeptPlace {
  /** Made when something is kept. Nothing else lies in it, and it may be deleted at any time. */
  readonly folder: string;
  /** The bytes that all files in it may take together. */
  readonly mostBytes: number;
  /** Of loopstream: another release reads the rows anew. */
  readonly codeVersion: string;
  /** Records of one file, at least 256. Default 4,096. */
  readonly chunkRecords?: number;
}

/** What is read, and by whom. */
export interface KeptReading {
  readonly backbone: Backbone;
  readonly useCase: string;
  /** The blueprint version that reads. */
  readonly version: string;
  /** The Avro schema by which it reads, as JSON. */
  readonly schema: string;
  readonly topic: string;
  /** What the catalogue says of a version, as far as its rows are read by it. */
  readonly stateOf: (version: string) => string;
}

/** A part of a partition: records that were kept, or offsets to read from the topic. */
export type Piece = KeptPiece | { readonly range: OffsetRange; readonly isLast: boolean };

/** The records of a chunk from an offset on. */
export interface KeptPiece {
  readonly chunk: Chunk;
  readonly from: number;
}

/** Of all partitions together, on their way to be chunks. */
const MOST_RECORDS = 65_536;
const MOST_BYTES = 32 << 20;
/** Of one chunk. */
const CHUNK_RECORDS = 4_096;
const CHUNK_BYTES = 4 << 20;
/** With smaller chunks keeping would cost more than reading. */
const LEAST_RECORDS = 256;
/** Parts between chunks that are read from the topic; behind so many all is. */
const MOST_GAPS = 64;

/**
 * Rows that a version has read from a topic, as it reads them, in files of some thousand records each. A file is used if
 * it is undamaged, of this topic and not a former one of the name, and of the same version, release and catalogue. What
 * no such file has is read from the topic. So a reading gives the same rows with and without the files.
 */
export class KeptRows {
  readonly #place: KeptPlace;
  readonly #reading: KeptReading;
  readonly #incarnation: Incarnation;
  readonly #identity: string;
  readonly #folder: string;
  readonly #room: Room;
  readonly #files = new Map<number, ChunkFile[]>();
  readonly #builders = new Map<number, ChunkBuilder>();
  #size: ChunkSize = { records: CHUNK_RECORDS, bytes: CHUNK_BYTES };
  readonly #built: Built[] = [];
  #isWriting = true;

  /** `undefined`: the log can't tell the topic from another one of its name. */
  static async of(place: KeptPlace, reading: KeptReading): Promise<KeptRows | undefined> {
    const incarnation = await incarnationOf(reading.backbone, reading.topic);
    return incarnation && new KeptRows(place, reading, incarnation);
  }

  private constructor(place: KeptPlace, reading: KeptReading, incarnation: Incarnation) {
    const { useCase, topic, version, schema } = reading;
    const by = hashOf([place.codeVersion, endianness(), version, schema]);
    this.#place = place;
    this.#reading = reading;
    this.#incarnation = incarnation;
    this.#identity = hashOf([useCase, topic, incarnation.id, by]);
    this.#folder = join(this.#topicFolder, hashOf([incarnation.id]).slice(0, 16), by.slice(0, 16));
    this.#room = new Room(place.folder, this.#folder, place.mostBytes);
  }

  get #topicFolder(): string {
    return join(this.#place.folder, this.#reading.useCase, this.#reading.topic);
  }

  /**
   * Looks for kept rows of some ranges, which are all of the topic there is. What is kept of records that are gone is
   * deleted, whichever version has read it.
   * @returns whether the topic is still the one that it was
   */
  async open(ranges: readonly OffsetRange[]): Promise<boolean> {
    const { backbone, topic } = this.#reading;
    if ((await incarnationOf(backbone, topic))?.id !== this.#incarnation.id) return false;
    const most = Math.max(1, ranges.length);
    this.#size = {
      records: Math.min(this.#place.chunkRecords ?? CHUNK_RECORDS, Math.floor(MOST_RECORDS / most)),
      bytes: Math.min(CHUNK_BYTES, Math.floor(MOST_BYTES / most)),
    };
    if (this.#size.records < LEAST_RECORDS) return false;
    await this.#sweep(ranges);
    for (const file of await chunkFiles(this.#folder)) {
      const range = ranges.find(({ partition }) => partition === file.partition);
      // One that goes further may be of another process that has read more meanwhile.
      if (range === undefined || file.to > range.to) continue;
      const files = this.#files.get(file.partition);
      if (files === undefined) this.#files.set(file.partition, [file]);
      else files.push(file);
    }
    const now = new Date();
    await utimes(this.#folder, now, now).catch(() => undefined);
    await this.#checkEnds();
    return true;
  }

  async #sweep(ranges: readonly OffsetRange[]): Promise<void> {
    const starts = new Map(ranges.map(({ partition, from }) => [partition, from]));
    const own = hashOf([this.#incarnation.id]).slice(0, 16);
    for (const name of await namesIn(this.#topicFolder)) {
      const folder = join(this.#topicFolder, name);
      if (name !== own) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
      else for (const each of await namesIn(folder)) await removeGone(join(folder, each), starts);
    }
  }

  /** The last record of each partition is looked up: where it is another one, nothing of the partition is used. */
  async #checkEnds(): Promise<void> {
    const { backbone, topic } = this.#reading;
    const ends = new Map<number, Chunk["last"]>();
    for (const [partition, files] of this.#files) {
      for (const file of files.toSorted((a, b) => b.to - a.to)) {
        const chunk = await readChunk(this.#folder, file);
        if (chunk === undefined) continue;
        ends.set(partition, chunk.last);
        break;
      }
    }
    for (const partition of await changed(backbone, topic, ends)) {
      for (const { name } of this.#files.get(partition)!) await removeFile(join(this.#folder, name));
      this.#files.delete(partition);
    }
  }

  /** The parts of a range in the order of offsets. The last one is what no chunk has of its end, which may be nothing. */
  async *pieces({ partition, from, to }: OffsetRange): AsyncGenerator<Piece> {
    const files = new Set(this.#files.get(partition));
    let [position, gaps] = [from, 0];
    for (;;) {
      const file = nextOf(files, position);
      if (file === undefined) break;
      files.delete(file);
      const chunk = await this.#usable(file);
      if (chunk === undefined) continue;
      if (chunk.from > position) {
        if (++gaps > MOST_GAPS) break;
        yield { range: { partition, from: position, to: chunk.from }, isLast: false };
      }
      yield { chunk, from: Math.max(position, chunk.from) };
      position = chunk.to;
    }
    yield { range: { partition, from: position, to }, isLast: true };
  }

  /** A chunk that can't be used is deleted. */
  async #usable(file: ChunkFile): Promise<Chunk | undefined> {
    const { topic, stateOf } = this.#reading;
    const chunk = await readChunk(this.#folder, file);
    const isUsable =
      chunk !== undefined &&
      chunk.identity === this.#identity &&
      chunk.versions.every(({ version, state }) => stateOf(version) === state) &&
      isUnmoved(this.#incarnation, topic, chunk);
    if (!isUsable) {
      await removeFile(join(this.#folder, file.name));
      return undefined;
    }
    if (isOld(this.#incarnation, chunk.epoch)) await this.#store({ ...chunk, epoch: this.#incarnation.history!.epoch });
    return chunk;
  }

  /** From here on every record of a partition is added, or cut, up to the next call. */
  beginAt(partition: number, from: number): void {
    const builder = this.#builders.get(partition);
    if (builder === undefined) this.#builders.set(partition, new ChunkBuilder(partition, from, this.#size));
    else builder.beginAt(from);
  }

  add(record: RawRecord, kept: KeptRecord): void {
    if (!this.#isWriting) return;
    const builder = this.#builders.get(record.partition)!;
    builder.add(record, kept);
    if (builder.isFull) this.#built.push(builder.take()!);
  }

  /** A record that is to be read from the topic each time. */
  cut({ partition, offset, unreadable }: RawRecord): void {
    const builder = this.#builders.get(partition)!;
    const built = builder.count >= LEAST_RECORDS ? builder.take() : undefined;
    // What is kept reaches up to its last record. Nothing is between that and this one.
    if (built !== undefined) this.#built.push({ ...built, to: Math.max(built.to, unreadable?.firstOffset ?? offset) });
    builder.beginAt(offset + 1);
  }

  /** Keeps what was added of a partition, however little: all there is up to an offset. */
  end(partition: number, to: number): void {
    const built = this.#builders.get(partition)!.take();
    if (built !== undefined) this.#built.push({ ...built, to });
  }

  /** Whether there is something to write. */
  get isDue(): boolean {
    return this.#built.length > 0;
  }

  async write(): Promise<void> {
    const epoch = this.#incarnation.history?.epoch;
    for (const built of this.#built.splice(0)) {
      const versions = built.versions.map((version) => ({ version, state: this.#reading.stateOf(version) }));
      await this.#store({ ...built, identity: this.#identity, ...(epoch !== undefined && { epoch }), versions });
    }
  }

  /** Where it can't be stored nothing more is in this reading: the next one reads it from the topic. */
  async #store(chunk: Chunk): Promise<void> {
    if (!this.#isWriting) return;
    const bytes = chunkBytes(chunk);
    try {
      this.#isWriting = await this.#room.take(bytes.length);
      if (!this.#isWriting) return;
      makeFolder(this.#folder);
      await writeChunk(this.#folder, chunk, bytes);
      for (const file of await chunkFiles(this.#folder)) {
        if (overlaps(file, chunk)) await removeFile(join(this.#folder, file.name));
      }
    } catch {
      this.#isWriting = false;
    }
  }
}

const hashOf = (parts: readonly string[]): string => createHash("sha256").update(JSON.stringify(parts)).digest("hex");

const namesIn = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => []);

async function removeGone(folder: string, starts: ReadonlyMap<number, number>): Promise<void> {
  for (const { name, partition, to } of await chunkFiles(folder)) {
    if (to <= (starts.get(partition) ?? Number.POSITIVE_INFINITY)) await removeFile(join(folder, name));
  }
}

/** The one that goes on at a position and reaches furthest, or else the first behind it. */
function nextOf(files: ReadonlySet<ChunkFile>, position: number): ChunkFile | undefined {
  let next: ChunkFile | undefined;
  for (const file of files) {
    if (file.to <= position) continue;
    const [own, other] = [Math.max(file.from, position), Math.max(next?.from ?? Infinity, position)];
    if (own < other || (own === other && file.to > next!.to)) next = file;
  }
  return next;
}

/** Whether another file has records of the same offsets. */
const overlaps = (file: ChunkFile, chunk: Chunk): boolean =>
  file.partition === chunk.partition &&
  file.from < chunk.to &&
  chunk.from < file.to &&
  (file.from !== chunk.from || file.to !== chunk.to);
