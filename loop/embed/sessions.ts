import { setTimeout as delay } from "node:timers/promises";
import { StreamsError, type Outage } from "../../streams/index.ts";
import type { Session } from "./session.ts";

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 5_000;

/**
 * Sessions one after the other. When the process that this one works through goes, the next session is opened at once,
 * even if there is no call.
 */
export class Sessions {
  readonly #open: (signal: AbortSignal) => Promise<Session>;
  readonly #outage: Outage;
  readonly #stop = new AbortController();
  #now: Session | undefined;
  #opening: Promise<Session>;

  /** Rejects if the first `open` does. */
  static async start(
    open: (signal: AbortSignal) => Promise<Session>,
    outage: Outage,
    signal?: AbortSignal,
  ): Promise<Sessions> {
    const sessions = new Sessions(open, outage);
    const stop = (): void => sessions.#stop.abort(signal?.reason);
    if (signal?.aborted === true) stop();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      await sessions.#opening;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
    return sessions;
  }

  private constructor(open: (signal: AbortSignal) => Promise<Session>, outage: Outage) {
    this.#open = open;
    this.#outage = outage;
    this.#opening = open(this.#stop.signal).then((session) => this.#enter(session));
  }

  /** The current session; `undefined` while the next one is being opened. */
  get now(): Session | undefined {
    return this.#now;
  }

  /**
   * The current session, or the next one. Rejects with `TIMEOUT` if it is not open within `timeoutMs`, and with
   * `CLOSED`.
   */
  async next(timeoutMs: number): Promise<Session> {
    if (this.#stop.signal.aborted) throw closed();
    if (this.#now !== undefined) return this.#now;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(tooLate(timeoutMs)), Math.max(0, timeoutMs));
    });
    return Promise.race([this.#opening, late]).finally(() => clearTimeout(timer));
  }

  #enter(session: Session): Session {
    this.#now = session;
    const again = (): void => this.#goOn(session);
    if (session.gone.aborted) again();
    else session.gone.addEventListener("abort", again, { once: true });
    return session;
  }

  #goOn(former: Session): void {
    if (this.#stop.signal.aborted) return;
    this.#now = undefined;
    this.#opening = this.#openAgain(former);
    this.#opening.catch(() => undefined);
  }

  async #openAgain(former: Session): Promise<Session> {
    const { signal } = this.#stop;
    // Its connection went with the other process; closing it may fail.
    await former.close().catch(() => undefined);
    for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        const session = await this.#open(signal);
        this.#outage.ended();
        return this.#enter(session);
      } catch (error) {
        if (!signal.aborted) this.#outage.failed(error);
      }
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
    this.#outage.givenUp();
    throw closed();
  }

  async close(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort(closed());
    const session = this.#now ?? (await this.#opening.catch(() => undefined));
    this.#now = undefined;
    await session?.close();
  }
}

const closed = (): StreamsError => new StreamsError("CLOSED", "this loop is closed: open another one");
const tooLate = (ms: number): StreamsError =>
  new StreamsError(
    "TIMEOUT",
    `the process that had the log open has gone, and the loop was not open again within ${Math.round(ms)} ms: ask again`,
  );
