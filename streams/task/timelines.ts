import { asBuffer } from "../bytes.ts";
import type { Headers } from "../backbone/backbone.ts";
import { streamsLimits } from "../limits.ts";
import { SOURCE_HEADER } from "../backbone/event-time.ts";
import type { TaskState } from "../state/task-state.ts";
import type { Arrival } from "./arrival.ts";

/** One course of event time. */
export class Timeline {
  /** Names its timers in the state. */
  readonly id: string;
  /** Set if a feed has its own time: records written for it name the feed. */
  readonly headers: Headers | undefined;
  /** How far it has come, ms. */
  time = Number.NEGATIVE_INFINITY;
  /** When the next of its timers is due, ms; as of the run at hand. */
  due = Number.POSITIVE_INFINITY;
  /** How far its own records have come, ms, and when the last one arrived, ms of the monotonic clock. */
  own = Number.NEGATIVE_INFINITY;
  arrivedAt: number;
  listed = true;
  /** While timers are held back, those up to here fire, ms; and up to where they will once they are released again. */
  limit = Number.NEGATIVE_INFINITY;
  marked = Number.NEGATIVE_INFINITY;

  constructor(id: string, headers: Headers | undefined, arrivedAt: number) {
    this.id = id;
    this.headers = headers;
    this.arrivedAt = arrivedAt;
  }

  arrived(moves: number, at: number): void {
    if (moves > this.own) this.own = moves;
    this.arrivedAt = at;
  }
}

/** A record that waits, and moves a timeline. */
export interface Moving {
  /** Event time, ms. */
  readonly moves: number;
  readonly line: Timeline;
}

/** Between source and use case in a timeline's name. */
const SLASH = "\u0001";
const LONGEST_NAME = 128;

/**
 * The event times of a task. Each feed has its own time, and so has each use case for its live records. A record of a
 * use case moves its time alone. A live record that names no use case, such as a tick, moves them all, except those
 * that are being fed history: their own records lie far behind and keep coming. Live ticks also move the time of a feed
 * once the feed is over.
 */
export class Timelines {
  /** Of live records that name no use case, and of everything where history is read again. */
  readonly general: Timeline;
  readonly #state: TaskState;
  readonly #lines = new Map<string, Timeline>();
  #arrival: Arrival;
  /** There is one time for all. */
  readonly #isHistory: boolean;
  /** By its name as it is in records. */
  readonly #byUseCase = new Map<string, Timeline>();
  #lastSource: Uint8Array | undefined;
  #lastOfSource: Timeline;

  /**
   * @param arrival the task opens now: until it has been open for `historyQuietMs`, it can't know which lines are
   * quiet.
   */
  constructor(state: TaskState, arrival: Arrival) {
    this.#state = state;
    this.#arrival = arrival;
    this.#isHistory = arrival.now === Number.POSITIVE_INFINITY;
    this.general = new Timeline("", undefined, arrival.at);
    this.#lastOfSource = this.general;
    const { streamTime, lines = { "": streamTime } } = state.checkpoint ?? { streamTime: Number.NEGATIVE_INFINITY };
    for (const [id, time] of Object.entries(lines)) {
      const line = id === "" ? this.general : this.#list(id);
      line.time = line.own = time ?? Number.NEGATIVE_INFINITY;
    }
    // State that was moved between partitions brings timers of timelines that were not here.
    for (const id of state.linesAtOpening) if (!this.#lines.has(id)) this.#list(id);
  }

  get all(): Iterable<Timeline> {
    return this.#lines.size === 0 ? [this.general] : [this.general, ...this.#lines.values()];
  }

  get count(): number {
    return this.#lines.size + 1;
  }

  /** The time of a record that has just arrived. */
  of(headers: Headers, useCase: string): Timeline {
    if (this.#isHistory) return this.general;
    const source = headers[SOURCE_HEADER];
    if (source !== undefined && source.length > 0) return this.#ofSource(source);
    if (useCase === "") return this.general;
    const known = this.#byUseCase.get(useCase);
    if (known !== undefined && known.listed) return known;
    const line = this.#find(SLASH + nameOf(useCase), undefined);
    if (this.#byUseCase.size >= streamsLimits.timelines) this.#byUseCase.clear();
    if (line !== this.general) this.#byUseCase.set(useCase, line);
    return line;
  }

  #ofSource(source: Uint8Array): Timeline {
    const last = this.#lastSource;
    const same = source === last || (last?.length === source.length && Buffer.compare(last, source) === 0);
    if (same && this.#lastOfSource.listed) return this.#lastOfSource;
    this.#lastSource = source;
    return (this.#lastOfSource = this.#find(nameOf(asBuffer(source).toString()) + SLASH, source));
  }

  /** The general one, if there are too many and none can be forgotten. */
  #find(id: string, source: Uint8Array | undefined): Timeline {
    const known = this.#lines.get(id);
    if (known !== undefined) return known;
    if (this.#lines.size >= streamsLimits.timelines) this.forgetDone();
    return this.#lines.size >= streamsLimits.timelines ? this.general : this.#list(id, source);
  }

  #list(id: string, source?: Uint8Array): Timeline {
    const name = id.slice(0, id.indexOf(SLASH));
    const headers = name === "" ? undefined : Object.freeze({ [SOURCE_HEADER]: source ?? Buffer.from(name) });
    const line = new Timeline(id, headers, this.#arrival.at);
    this.#lines.set(id, line);
    return line;
  }

  byId(id: string): Timeline {
    return id === "" ? this.general : (this.#lines.get(id) ?? this.general);
  }

  /** Sets the time for the next records to handle. */
  look(arrival: Arrival): void {
    this.#arrival = arrival;
  }

  /** Those whose time the record moves. */
  movedBy({ line, moves }: Moving, isTick: boolean): readonly Timeline[] {
    if (line !== this.general || this.#lines.size === 0) return [line];
    const { now, at } = this.#arrival;
    // A tick or record that lies far behind is a feeder's own, and can take nothing from live records.
    const isNow = moves >= now - streamsLimits.historyMs;
    const moved: Timeline[] = this.#isFed(line, moves, at) && isNow && isTick ? [] : [line];
    for (const other of this.#lines.values()) {
      const isLive = other.headers === undefined;
      if (isLive ? !(isNow && this.#isFed(other, moves, at)) : isTick && isNow && isOver(other, moves, at))
        moved.push(other);
    }
    return moved;
  }

  /** It is being fed history. */
  #isFed(line: Timeline, time: number, at: number): boolean {
    const isBehind = line.own !== Number.NEGATIVE_INFINITY && time - line.own > streamsLimits.historyMs;
    return isBehind && !isQuiet(line, at);
  }

  /** One of them has come further than its timers may fire, if they are held back. */
  get areHeld(): boolean {
    for (const { time, limit } of this.all) if (time > limit) return true;
    return false;
  }

  /** Everything that has come up to now is to be released next. */
  mark(): void {
    for (const line of this.all) line.marked = Math.max(line.own, line.time);
  }

  release(): void {
    for (const line of this.all) line.limit = line.marked;
  }

  /** Takes note that the run's records have passed. */
  pass(run: readonly Moving[], moved: readonly Timeline[], isTick: boolean): void {
    let last = Number.NEGATIVE_INFINITY;
    for (const { line, moves } of run) {
      if (moves > last) last = moves;
      if (isTick) continue;
      if (moves > line.time) line.time = moves;
      if (!line.listed) this.#listAgain(line);
    }
    for (const line of moved) if (last > line.time) line.time = last;
    if (isTick) this.forgetDone();
  }

  #listAgain(line: Timeline): void {
    line.listed = true;
    this.#lines.set(line.id, line);
  }

  /** No task will ask for anything before this time; `undefined` while nothing has passed. */
  low(): number | undefined {
    let low = Number.POSITIVE_INFINITY;
    for (const { time } of this.all) if (time < low && time !== Number.NEGATIVE_INFINITY) low = time;
    return low === Number.POSITIVE_INFINITY ? undefined : low;
  }

  /** Forgets the quiet ones that have nothing to wait for. */
  forgetDone(): void {
    for (const line of this.#lines.values()) {
      if (!isQuiet(line, this.#arrival.at) || !this.#state.isDone(line.id)) continue;
      line.listed = false;
      this.#lines.delete(line.id);
      this.#state.forgetLine(line.id);
    }
  }

  /** For the checkpoint. */
  times(): Readonly<Record<string, number>> {
    const times: Record<string, number> = {};
    for (const { id, time } of this.all) times[id] = time;
    return times;
  }
}

const isQuiet = (line: Timeline, at: number): boolean => at - line.arrivedAt >= streamsLimits.historyQuietMs;

/** Of a feed, at the time of a tick. One that has come to the present needs the ticks at once; one whose history ended long ago may yet go on. */
function isOver(feed: Timeline, time: number, at: number): boolean {
  const isBehind = feed.time !== Number.NEGATIVE_INFINITY && time - feed.time > streamsLimits.historyMs;
  return at - feed.arrivedAt >= (isBehind ? streamsLimits.feedQuietMs : streamsLimits.historyQuietMs);
}

/** As part of a key of the state. */
const nameOf = (text: string): string => text.slice(0, LONGEST_NAME).replaceAll("\0", "").replaceAll(SLASH, "");
