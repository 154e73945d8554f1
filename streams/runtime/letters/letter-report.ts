import type { Log } from "../../log.ts";
import type { Metrics } from "../../metrics/metrics.ts";
import type { DeadLetterValue } from "../../task/dead-letter.ts";

/** After one has been said the others are counted so long, ms. */
const TOGETHER_MS = 60_000;

/**
 * Logs and counts dead letters: the first one with its place and reason, those of the next minute together, by code.
 * Otherwise only the metric would show a producer with a wrong clock or schema.
 */
export class LetterReport {
  readonly #log: Log;
  readonly #metrics: Metrics;
  readonly #counts = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(log: Log, metrics: Metrics) {
    this.#log = log;
    this.#metrics = metrics;
  }

  note({ code, topic, partition, offset, operator, message }: DeadLetterValue): void {
    this.#metrics.deadLetters.inc({ code });
    if (this.#timer !== undefined) return void this.#counts.set(code, (this.#counts.get(code) ?? 0) + 1);
    const at = `${topic}/${partition}@${offset}`;
    this.#log.warn(
      { code, at, operator, error: message },
      "a record can't be used: it is a dead letter, all else goes on",
    );
    this.#wait();
  }

  #wait(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#counts.size === 0) return;
      this.#tell();
      this.#wait();
    }, TOGETHER_MS);
    this.#timer.unref();
  }

  #tell(): void {
    const codes = Object.fromEntries(this.#counts);
    const count = [...this.#counts.values()].reduce((sum, each) => sum + each, 0);
    this.#counts.clear();
    this.#log.warn({ count, codes }, "more records can't be used and are dead letters");
  }

  /** Logs the counts so far. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#counts.size > 0) this.#tell();
  }
}
