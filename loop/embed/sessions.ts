import { setTimeout as delay } from "node:timers/promises";
import type { Links, LinkWatcher } from "../../client/index.ts";
import { StreamsError, within } from "../../streams/index.ts";
import type { Session } from "./session.ts";

const FIRST_WAIT_MS = 50;
/** A close waits so long for a session that is being opened, through a process that may not answer. */
const OPENING_PATIENCE_MS = 5_000;
/** A client is back so long after its loop, at most. */
const LONGEST_WAIT_MS = 500;

/**
 * Sessions one after the other. When the process that this one works through goes, the next session is opened at once,
 * even if there is no call.
 */
export class Sessions implements Links {
  readonly #open: (signal: AbortSignal, first: boolean) => Promise<Session>;
  readonly #stop = new AbortController();
  #now: Session | undefined;
  #opening: Promise<Session>;
  readonly #watchers: LinkWatcher[] = [];

  /** Rejects if the first `open` does. */
  static async start(
    open: (signal: AbortSignal, first: boolean) => Promise<Session>,
    signal?: AbortSignal,
  ): Promise<Sessions> {
    const sessions = new Sessions(open);
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

  private constructor(open: (signal: AbortSignal, first: boolean) => Promise<Session>) {
    this.#open = open;
    this.#opening = open(this.#stop.signal, true).then((session) => this.#enter(session));
  }

  /** The current session; `undefined` while the next one is being opened. */
  get now(): Session | undefined {
    return this.#now;
  }

  watch(watcher: LinkWatcher): void {
    this.#watchers.push(watcher);
  }

  /**
   * The current session, or the next one. Rejects with `TIMEOUT` if it is not open within `timeoutMs`, and with
   * `CLOSED`.
   */
  async next(timeoutMs: number): Promise<Session> {
    if (this.#stop.signal.aborted) throw closed();
    if (this.#now !== undefined) return this.#now;
    return within(timeoutMs, this.#opening, () => {
      throw tooLate(timeoutMs);
    });
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
    this.#failed(new StreamsError("BACKBONE_GONE", "the process that had the log open has gone"));
  }

  async #openAgain(former: Session): Promise<Session> {
    const { signal } = this.#stop;
    // Its connection went with the other process; closing it may fail.
    await former.close().catch(() => undefined);
    for (let waitMs = FIRST_WAIT_MS; !signal.aborted; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      try {
        const session = this.#enter(await this.#open(signal, false));
        if (this.#now === session) for (const watcher of this.#watchers) watcher.opened();
        return session;
      } catch (error) {
        if (!signal.aborted) this.#failed(error);
      }
      await delay(waitMs, undefined, { signal }).catch(() => undefined);
    }
    throw closed();
  }

  #failed(error: unknown): void {
    for (const watcher of this.#watchers) watcher.failed(error);
  }

  async close(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort(closed());
    const opening = this.#opening.catch(() => undefined);
    const session = this.#now ?? (await within(OPENING_PATIENCE_MS, opening, () => this.#closeLate()));
    this.#now = undefined;
    await session?.close();
  }

  /** Nobody waits any longer for the session that is being opened: it is closed when it is open. */
  #closeLate(): undefined {
    this.#opening.then((session) => session.close()).catch(() => undefined);
  }
}

const closed = (): StreamsError => new StreamsError("CLOSED", "this loop is closed: open another one");
const tooLate = (ms: number): StreamsError =>
  new StreamsError(
    "TIMEOUT",
    `the process that had the log open has gone, and the loop was not open again within ${Math.round(ms)} ms: ask again`,
  );
