import {
  CodedError,
  hasCode,
  StreamsError,
  type Backbone,
  type Log,
  type Outages,
} from "../../streams/client/index.ts";
import type { Link, Links } from "../link.ts";
import type { Spool } from "../spool/spool.ts";
import type { Connectedness, WaitingRecords } from "../status.ts";
import { answer, type Entry, type Kept } from "./entry.ts";
import { EntryQueue } from "./entry-queue.ts";
import { KeptEntries } from "./kept-entries.ts";
import { bytesOf, checkKept, type KeptRecord } from "./kept-record.ts";
import { StoredEvents } from "./stored-events.ts";
import { UnderWay } from "./under-way.ts";

export interface OutboxOptions {
  readonly links: Links;
  readonly health: Connectedness;
  readonly log: Log;
  readonly outages: Outages;
  /** Bounds of the records that wait, those under way included. */
  readonly records: number;
  readonly bytes: number;
  readonly spool: Spool | undefined;
}

const FIRST_REST_MS = 50;
const LONGEST_REST_MS = 1_000;
/** A timer holds no more. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Observations and events on their way. Each is sent until it is stored, in the order of the calls, over whatever link
 * there is. One that can never be stored is refused, to its call or to the log.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #events = new StoredEvents();
  readonly #kept: KeptEntries;
  readonly #underWay: UnderWay;
  readonly #waiting = new Set<Entry>();
  readonly #queue = new EntryQueue();
  #bytes = 0;
  #count = 0;
  #restMs = FIRST_REST_MS;
  #rest: NodeJS.Timeout | undefined;
  #readying = false;
  #closing = false;
  #closed = false;
  #emptied: (() => void) | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
    const { spool, outages, health } = options;
    this.#kept = new KeptEntries(spool, outages.of("client spool"));
    this.#underWay = new UnderWay((error) => health.down(error));
    for (const { record, from, number } of spool?.left ?? []) {
      const entry = this.#entry(record);
      entry.from = from;
      // The process that sent it may have gone before it heard of it.
      entry.doubtful = record.what === "event" && from !== undefined;
      this.#kept.adopt(entry, number);
      this.#add(entry);
    }
  }

  get waiting(): WaitingRecords {
    const [first] = this.#waiting;
    const oldest = first === undefined ? null : new Date(first.since);
    return { records: this.#waiting.size, bytes: this.#bytes, spooled: this.#kept.onDisk, oldest };
  }

  /**
   * Resolves when the record is stored, or after `timeoutMs` with the place where it waits. Rejects with `BUFFER_FULL`,
   * `CLOSED`, and whatever refuses the record.
   */
  store(record: KeptRecord, timeoutMs: number): Promise<Kept> {
    return new Promise((resolve, reject) => {
      if (this.#closing) throw closed();
      this.#options.links.now?.check();
      checkKept(record);
      const entry = this.#entry(record);
      this.#checkRoom(entry.bytes);
      const timer = setTimeout(() => this.#kept.late(entry), Math.min(Math.max(0, timeoutMs), LONGEST_TIMER_MS));
      entry.call = { resolve, reject, timer, late: false };
      this.#add(entry);
      if (this.#options.links.now === undefined || this.#rest !== undefined) this.#kept.keep(entry);
      else this.pump();
    });
  }

  #entry(record: KeptRecord): Entry {
    return {
      record,
      number: ++this.#count,
      bytes: bytesOf(record),
      since: Date.now(),
      from: undefined,
      doubtful: false,
      spooled: undefined,
      onDisk: false,
      call: undefined,
    };
  }

  #checkRoom(bytes: number): void {
    const { records, bytes: most } = this.#options;
    if (this.#waiting.size < records && this.#bytes + bytes <= most) return;
    const message = `${this.#waiting.size} records of ${this.#bytes} bytes wait to be stored, and no more may: send this one again later`;
    throw new StreamsError("BUFFER_FULL", message);
  }

  #add(entry: Entry): void {
    this.#waiting.add(entry);
    this.#bytes += entry.bytes;
    this.#queue.push(entry);
  }

  /** Sends what waits, as far as it may go now. */
  pump(): void {
    const link = this.#closed ? undefined : this.#options.links.now;
    while (link !== undefined && this.#rest === undefined && !this.#readying && this.#underWay.hasRoom) {
      const entry = this.#queue.head;
      if (entry === undefined) return;
      if (!this.#isReady(entry)) return void this.#ready(link);
      this.#queue.shift();
      void this.#send(entry, link);
    }
  }

  /** A link is there: nothing rests any longer. */
  opened(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
    this.#restMs = FIRST_REST_MS;
    this.pump();
  }

  /** There is no link. */
  lost(): void {
    for (const entry of this.#waiting) this.#kept.keep(entry);
  }

  #isReady(entry: Entry): boolean {
    if (entry.record.what !== "event") return true;
    if (entry.doubtful) return false;
    if (entry.from !== undefined) return true;
    // The disk must know first from where on this event may lie.
    if (entry.spooled !== undefined) return false;
    entry.from = this.#events.recent;
    return entry.from !== undefined;
  }

  /** Looks for events that may be stored already, and notes the ends of their topic before others are sent. */
  async #ready({ backbone, gone }: Link): Promise<void> {
    this.#readying = true;
    try {
      const doubtful = this.#queue.filter((entry) => entry.doubtful);
      if (doubtful.length > 0) {
        const stored = await this.#storedOf(backbone, doubtful);
        for (const entry of this.#queue.remove((each) => stored.has(each))) this.#stored(entry);
        for (const entry of doubtful) entry.doubtful = false;
      }
      const ends = this.#events.recent ?? (await this.#events.note(backbone));
      const fresh = this.#queue.filter(({ record, from }) => record.what === "event" && from === undefined);
      for (const entry of fresh) entry.from = ends;
      const numbers = fresh.flatMap(({ spooled }) => spooled ?? []);
      // A disk that takes nothing does not stop the sending.
      if (numbers.length > 0) await this.#options.spool?.keepFrom(numbers, ends).catch(() => undefined);
      this.#readying = false;
    } catch (error) {
      this.#readying = false;
      this.#failed(error, gone);
    }
    this.pump();
  }

  async #storedOf(backbone: Backbone, doubtful: readonly Entry[]): Promise<ReadonlySet<Entry>> {
    try {
      return await this.#events.among(backbone, doubtful);
    } catch (error) {
      if (!hasCode(error, "ACCESS_DENIED")) throw error;
      const fields = { events: doubtful.length, error: (error as Error).message };
      this.#options.log.warn(fields, "client: events are sent again unseen, and may count twice: it may not read them");
      return new Set();
    }
  }

  async #send(entry: Entry, { client, gone }: Link): Promise<void> {
    this.#underWay.enter(entry.bytes);
    try {
      await client.store(entry.record);
      this.#underWay.leave(entry.bytes);
      this.#restMs = FIRST_REST_MS;
      this.#options.health.up();
      this.#stored(entry);
    } catch (error) {
      this.#underWay.leave(entry.bytes);
      if (!gone.aborted && !mayPass(error, entry)) this.#refuse(entry, error);
      else {
        entry.doubtful = entry.record.what === "event";
        this.#queue.putBack(entry);
        if (!this.#closed) this.#kept.keep(entry);
        this.#failed(error, gone);
      }
    }
    this.pump();
  }

  /** Rests before the next attempt. If the link has gone, the next link ends the rest. */
  #failed(error: unknown, gone: AbortSignal): void {
    if (this.#closed) return;
    // The links tell of their own ends.
    if (!gone.aborted) this.#options.health.down(error);
    if (this.#rest !== undefined) return;
    this.#rest = setTimeout(() => {
      this.#rest = undefined;
      this.pump();
    }, this.#restMs);
    this.#restMs = Math.min(this.#restMs * 2, LONGEST_REST_MS);
  }

  #stored(entry: Entry): void {
    this.#drop(entry);
    answer(entry, ({ resolve }) => resolve("stored"));
  }

  #refuse(entry: Entry, error: unknown): void {
    if (this.#closed) return;
    this.#drop(entry);
    if (answer(entry, ({ reject }) => reject(error))) return;
    const { what, id } = entry.record;
    const { health, log } = this.#options;
    const told = error instanceof Error ? error.message : String(error);
    log.error({ record: entry.record, error: told }, `client: this ${what} waited, and is now refused: it is lost`);
    health.refused({ kind: "refused", what, id, error });
  }

  #drop(entry: Entry): void {
    // What comes back after the close was counted as left.
    if (this.#closed) return;
    this.#waiting.delete(entry);
    this.#bytes -= entry.bytes;
    this.#kept.drop(entry);
    if (this.#waiting.size === 0) this.#emptied?.();
  }

  /** Takes no more. Resolves when all are stored, or after `timeoutMs`: the rest is left. */
  async flush(timeoutMs: number): Promise<void> {
    this.#closing = true;
    if (this.#waiting.size === 0) return;
    // What is on the disk can wait there for another process.
    if (this.#options.spool !== undefined && this.#options.links.now === undefined) return;
    await new Promise<void>((resolve) => {
      const late = setTimeout(resolve, Math.min(Math.max(0, timeoutMs), LONGEST_TIMER_MS));
      this.#emptied = () => {
        clearTimeout(late);
        resolve();
      };
    });
  }

  /** Call it when the links are closed. Answers calls that are still open. */
  async close(): Promise<{ readonly lost: number; readonly spooled: number }> {
    clearTimeout(this.#rest);
    this.#underWay.close();
    this.#closed = true;
    const spooled = await this.#kept.close(this.#waiting);
    const lost = this.#waiting.size - spooled;
    for (const entry of this.#waiting) {
      answer(entry, ({ resolve, reject }) => (entry.onDisk ? resolve("disk") : reject(closed())));
    }
    const left = { lost, spooled };
    if (lost > 0) this.#options.log.error(left, "client: closed before these records were stored: they are lost");
    else if (spooled > 0) this.#options.log.warn(left, "client: closed; these records wait in the spool");
    return left;
  }
}

const closed = (): StreamsError => new StreamsError("CLOSED", "this client is closed: open another one");

/** Whether the record may be stored later. A topic that is gone comes back with its loop. */
function mayPass(error: unknown, { call }: Entry): boolean {
  if (hasCode(error, "BACKBONE_GONE")) return true;
  if (hasCode(error, "UNKNOWN_TOPIC")) return call === undefined;
  return error instanceof CodedError && error.flags.retry;
}
