import type { Outage } from "../streams/client/index.ts";

/** Observations and events that are not stored yet. */
export interface WaitingRecords {
  readonly records: number;
  /** Their size in memory. */
  readonly bytes: number;
  /** Those of them that are on the disk too. */
  readonly spooled: number;
  /** The moment of the first call for one of them; null: none waits. */
  readonly oldest: Date | null;
}

export interface ClientStatus {
  /** No failure is known since the last success. */
  readonly connected: boolean;
  /** The beginning of this connection, or of this outage. */
  readonly since: Date;
  readonly waiting: WaitingRecords;
  /** Waiting records that were refused since the client was opened: the log has lines about them. */
  readonly refused: number;
  /** The last failure, also of an outage that is over. */
  readonly lastError: { readonly message: string; readonly code: string | null; readonly at: Date } | null;
}

export type ClientEvent =
  | { readonly kind: "disconnected"; readonly error: unknown }
  | { readonly kind: "connected"; readonly afterMs: number }
  /** A record that waited can't be stored: its call was answered with `waits`. */
  | {
      readonly kind: "refused";
      readonly what: "observation" | "event" | "decision";
      readonly id: string;
      readonly error: unknown;
    };

export type StatusListener = (event: ClientEvent, status: ClientStatus) => void;

type Health = Pick<ClientStatus, "connected" | "since" | "refused" | "lastError">;

/** Whether the client's calls get through, and since when. */
export class Connectedness {
  readonly #outage: Outage;
  readonly #onEvent: (event: ClientEvent) => void;
  #health: Health = { connected: true, since: new Date(), refused: 0, lastError: null };
  /** Beginning of the outage by the monotonic clock, ms. */
  #downAt = 0;

  constructor(outage: Outage, onEvent: (event: ClientEvent) => void) {
    this.#outage = outage;
    this.#onEvent = onEvent;
  }

  get health(): Health {
    return this.#health;
  }

  up(): void {
    if (this.#health.connected) return;
    this.#health = { ...this.#health, connected: true, since: new Date() };
    this.#outage.ended();
    this.#onEvent({ kind: "connected", afterMs: Math.round(performance.now() - this.#downAt) });
  }

  down(error: unknown): void {
    const { connected } = this.#health;
    const since = connected ? new Date() : this.#health.since;
    this.#health = { ...this.#health, connected: false, since, lastError: told(error) };
    this.#outage.failed(error);
    if (!connected) return;
    this.#downAt = performance.now();
    this.#onEvent({ kind: "disconnected", error });
  }

  refused(event: Extract<ClientEvent, { kind: "refused" }>): void {
    this.#health = { ...this.#health, refused: this.#health.refused + 1, lastError: told(event.error) };
    this.#onEvent(event);
  }

  close(): void {
    this.#outage.givenUp();
  }
}

const told = (error: unknown): Health["lastError"] => ({
  message: error instanceof Error ? error.message : String(error),
  code: error instanceof Error && "code" in error ? String(error.code) : null,
  at: new Date(),
});
