import { inspect } from "node:util";
import { streamsLimits } from "./limits.ts";
import { withoutSecrets } from "./secrets.ts";
import { withoutStops } from "./shortened.ts";
import { silent, type Log } from "./log.ts";
import { waitWords } from "./metrics/wait-words.ts";
import type { Metrics } from "./metrics/metrics.ts";

/** One loop that tries something again until it works. It may be kept and used for one outage after another. */
export interface Outage {
  /** The loop is between a failed attempt and a successful one. */
  readonly lasting: boolean;
  /** An attempt has failed and will be repeated. `fields` go into the log line. */
  failed(error: unknown, fields?: object): void;
  /** An attempt has worked. Costs nothing if none had failed. */
  ended(): void;
  /** The loop stops trying. Without an error it was told to stop. */
  givenUp(error?: unknown): void;
}

/** Waits of several loops under one name are one outage: from the first failure to the last end. */
interface Wait {
  readonly what: string;
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
  loops: number;
  attempts: number;
  error: unknown;
  fields: object;
  said: boolean;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Reports the waits of a process's loops: a line at the beginning, one each minute, one with the duration at the end; and
 * the metrics `retries` and `waiting`, by name. Every loop that repeats a failed attempt uses it.
 */
export class Outages {
  readonly #log: Log;
  readonly #metrics: Pick<Metrics, "retries" | "waits"> | undefined;
  readonly #lasting = new Map<string, Wait>();

  constructor(log: Log = silent, metrics?: Pick<Metrics, "retries" | "waits">) {
    this.#log = log;
    this.#metrics = metrics;
  }

  /**
   * @param what a name that a person can act on, from a small fixed set: it is a metric's label.
   * @param quietMs a shorter outage is not logged: for waits that come and go in normal work.
   */
  of(what: string, quietMs = 0): Outage {
    let wait: Wait | undefined;
    const leave = (outcome: (wait: Wait) => void): void => {
      if (wait === undefined) return;
      if (--wait.loops === 0) this.#end(wait, outcome);
      wait = undefined;
    };
    return {
      get lasting() {
        return wait !== undefined;
      },
      failed: (error, fields = {}) => {
        wait ??= this.#enter(what, error);
        wait.attempts++;
        wait.error = error;
        wait.fields = fields;
        this.#metrics?.retries.inc({ what });
        if (wait.timer !== undefined) return;
        if (quietMs === 0) this.#say(wait);
        else this.#sayIn(wait, quietMs);
      },
      ended: () => leave((ended) => this.#sayEnd(ended)),
      givenUp: (error) => leave((ended) => this.#sayGivenUp(ended, error)),
    };
  }

  #enter(what: string, error: unknown): Wait {
    let wait = this.#lasting.get(what);
    if (wait === undefined) {
      const since = performance.now();
      wait = { what, since, loops: 0, attempts: 0, error, fields: {}, said: false, timer: undefined };
      this.#lasting.set(what, wait);
      this.#metrics?.waits.add(wait);
    }
    wait.loops++;
    return wait;
  }

  #sayIn(wait: Wait, ms: number): void {
    // The loop itself keeps the process alive, not the line about it.
    wait.timer = setTimeout(() => this.#say(wait), ms).unref();
  }

  #say(wait: Wait): void {
    const { what, fields, error, attempts } = wait;
    const lasted = performance.now() - wait.since;
    const line = { what, ...fields, waitingSeconds: seconds(lasted), attempts, error: reasonOf(error) };
    const words = waitWords[what];
    // One of a family says how long it lasts.
    if (!wait.said || !this.#isSaidBy(what)) {
      this.#log.warn(line, `${what}: waiting and trying again${words === undefined ? "" : `: ${words}`}`);
    }
    wait.said = true;
    this.#sayIn(wait, streamsLimits.outageLineMs);
  }

  /** Another wait of its family, such as Kafka's, has been said before it and lasts. */
  #isSaidBy(what: string): boolean {
    const family = what.split(" ", 1)[0];
    for (const other of this.#lasting.values()) {
      if (other.what === what) return false;
      if (other.said && other.what.split(" ", 1)[0] === family) return true;
    }
    return false;
  }

  #sayEnd(wait: Wait): void {
    if (!wait.said) return;
    const { what, fields, attempts, error } = wait;
    const lasted = seconds(performance.now() - wait.since);
    const line = { what, ...fields, waitedSeconds: lasted, attempts, lastError: reasonOf(error) };
    this.#log.info(line, `${what}: goes on after ${lasted} s`);
  }

  #sayGivenUp(wait: Wait, error: unknown): void {
    // A quiet caller gets the error and reports it itself.
    if (!wait.said) return;
    const { what, fields, attempts } = wait;
    const lasted = seconds(performance.now() - wait.since);
    const line = { what, ...fields, waitedSeconds: lasted, attempts, error: reasonOf(error ?? wait.error) };
    if (error === undefined)
      this.#log.info(line, `${what}: no longer waited for, after ${lasted} s: the work that needed it has ended`);
    else this.#log.error(line, `${what}: given up after ${lasted} s`);
  }

  #end(wait: Wait, outcome: (wait: Wait) => void): void {
    clearTimeout(wait.timer);
    this.#lasting.delete(wait.what);
    this.#metrics?.waits.delete(wait);
    outcome(wait);
  }
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10;

/** An error's message and those of its causes. */
export function reasonOf(error: unknown): string {
  const messages: string[] = [];
  for (let link = error, depth = 0; link !== undefined && depth < 6; depth++) {
    const message = link instanceof Error ? link.message || link.name : shown(link);
    // Errors often repeat their causes.
    if (!messages.some((said) => said.includes(message))) messages.push(message);
    link = link instanceof Error ? link.cause : undefined;
  }
  const last = messages.length - 1;
  const joined = messages.map((message, at) => (at === last ? message : withoutStops(message))).join(": ");
  return withoutSecrets(joined);
}

/** Libraries throw what is no error now and then, also objects that have no text. */
function shown(thrown: unknown): string {
  return typeof thrown === "object" ? inspect(thrown, { depth: 1, breakLength: Infinity }) : String(thrown);
}
