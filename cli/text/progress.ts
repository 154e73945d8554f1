import { stderrLine, type LineOwner, type StatusLine } from "../terminal/status-line.ts";
import { currentVoice } from "../terminal/voice.ts";

export interface Progress {
  /**
   * `done` of the total so far, with a few words on the present work. Cheap enough for every batch.
   * @param total replaces the former one; null: it is not known
   */
  update(done: number, text?: string, total?: number | null): void;
  /** Takes the line away. */
  stop(): void;
}

export interface ProgressOptions {
  /** Default: unless a program reads the output (`--json`). */
  readonly enabled?: boolean;
  readonly line?: StatusLine;
}

/** A command that is done within this time shows nothing. */
const QUIET_MS = 1_000;
const DRAWN_EVERY_MS = 200;
/** Without a terminal. */
const LINE_EVERY_MS = 10_000;
const BAR = 24;
/** Of a part that is less, the rest can't be told. */
const LEAST_SHARE = 0.01;

const silent: Progress = { update: () => undefined, stop: () => undefined };

/**
 * Shows on stderr how far long work is: on a terminal one line that is taken away at the end, otherwise a line every ten
 * seconds. With a total it has the percent and the time that is left.
 */
export function progress(label: string, total: number | null, options: ProgressOptions = {}): Progress {
  const { enabled = !currentVoice().json, line = stderrLine } = options;
  return enabled ? new Shown(label, total, line) : silent;
}

class Shown implements Progress, LineOwner {
  readonly #label: string;
  readonly #line: StatusLine;
  readonly #timer: NodeJS.Timeout;
  readonly #everyMs: number;
  #total: number | null;
  #done = 0;
  #words = "";
  #shows = false;
  /** Of the first update towards this total: the time, and what was done by then. */
  #from: { readonly at: number; readonly done: number } | undefined;
  #drawnAt: number;

  constructor(label: string, total: number | null, line: StatusLine) {
    this.#label = label;
    this.#total = total;
    this.#line = line;
    this.#everyMs = line.isTerminal ? DRAWN_EVERY_MS : LINE_EVERY_MS;
    // The first drawing waits, the others are so far apart.
    this.#drawnAt = performance.now() + QUIET_MS - DRAWN_EVERY_MS;
    if (!line.isTerminal) this.#drawnAt = performance.now();
    line.enter(this);
    this.#timer = setInterval(() => this.#drawIfDue(), this.#everyMs).unref();
  }

  get shows(): boolean {
    return this.#shows;
  }

  update(done: number, text?: string, total: number | null = this.#total): void {
    if (total !== this.#total) [this.#total, this.#from] = [total, undefined];
    this.#from ??= { at: performance.now(), done };
    this.#done = done;
    this.#words = text ?? this.#words;
    this.#shows = true;
    // Work that gives the timers no turn is shown too.
    this.#drawIfDue();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#line.leave(this);
  }

  #drawIfDue(): void {
    const now = performance.now();
    if (!this.#shows || now - this.#drawnAt < this.#everyMs || !this.#line.isOf(this)) return;
    this.#drawnAt = now;
    const parts = [...this.#figures(now), this.#words].filter((part) => part !== "");
    if (this.#line.isTerminal) this.#line.show([`${this.#label}${this.#bar()}`, ...parts].join("  "));
    else this.#line.write(`${this.#label}: ${parts.join(", ")}`);
  }

  /** Of the whole; 0 if it is not known. */
  get #share(): number {
    const total = this.#total ?? 0;
    return total <= 0 ? 0 : Math.min(1, this.#done / total);
  }

  #bar(): string {
    if ((this.#total ?? 0) <= 0) return "";
    const full = Math.floor(this.#share * BAR);
    return ` [${"=".repeat(full)}${" ".repeat(BAR - full)}]`;
  }

  #figures(now: number): readonly string[] {
    const count = (value: number): string => Math.round(value).toLocaleString("en");
    const total = this.#total ?? 0;
    if (total <= 0) return [count(this.#done)];
    return [`${Math.floor(this.#share * 100)} %`, `${count(this.#done)} of ${count(total)}`, this.#rest(now)];
  }

  /** Empty: it can't be told yet, or nothing is left. */
  #rest(now: number): string {
    const { at, done } = this.#from!;
    const [made, left] = [this.#done - done, this.#total! - this.#done];
    if (left <= 0 || made / this.#total! < LEAST_SHARE) return "";
    return `about ${spanText(((now - at) * left) / made)} left`;
  }
}

/** A length of time in words: to the second, and roughly where it is long. */
export function spanText(ms: number): string {
  const seconds = Math.max(1, Math.round(ms / 1_000));
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 6) / 10} h`;
}
