import { NO_TIME } from "../lines/timed-lines.ts";

/** So many are known at once: those of the latest lines. */
const MOST = 100_000;

/** Decisions whose lines can't be used, for as long as a decision's observations are taken. */
export class BadDecisions {
  readonly #ttlMs: number;
  /** By id: until when, the first to be forgotten first. NaN: no line of a decision had a time yet. */
  readonly #until = new Map<string, number>();

  constructor(ttlMs: number) {
    this.#ttlMs = ttlMs;
  }

  /** @param time event time of the line, or of the one before it, ms. */
  add(id: string, time: number): void {
    this.#until.delete(id);
    this.#until.set(id, time === NO_TIME ? Number.NaN : time + this.#ttlMs);
    if (this.#until.size > MOST) this.#until.delete(this.#until.keys().next().value!);
  }

  /** Whether one observed at that time is to wait until the line is mended. */
  has(id: string, time: number): boolean {
    const until = this.#until.get(id);
    return until !== undefined && !(time >= until);
  }

  /** A decision's line has a time: those before it without one are no later. */
  settle(time: number): void {
    const [first] = this.#until.values();
    if (first === undefined || !Number.isNaN(first)) return;
    for (const [id, until] of [...this.#until]) if (Number.isNaN(until)) this.add(id, time);
  }

  /** Where no decision has a time, nobody knows when its observations end. */
  forget(before: number): void {
    for (const [id, until] of this.#until) {
      if (!(until < before)) break;
      this.#until.delete(id);
    }
  }
}
