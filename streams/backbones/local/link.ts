import type { Socket } from "node:net";
import { brokenPromise, StreamsError } from "../../errors.ts";
import { encodeFrame, FrameReader } from "./frames.ts";
import { isMessage, packError, unpackError, type Message } from "./message.ts";

type Call = (...args: never[]) => Promise<unknown>;
export type Calls<T> = { readonly [K in keyof T]: Call };

export interface LinkOptions {
  /** The error of calls when the peer has gone. */
  unavailable(cause?: unknown): StreamsError;
  /**
   * Runs once, when the peer has gone, and frees the objects kept for it. The link then waits for calls that still run.
   */
  onEnd?(): Promise<void>;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A server that is stopped or stuck does not hold a client that wants to leave. */
const CLOSE_WAIT_MS = 5_000;

/** Calls in both directions over one socket (with `allowHalfOpen`), any number at a time. A bad frame ends the connection. */
export class Link<Ours extends Calls<Ours>, Theirs extends Calls<Theirs>> {
  /** When the socket is closed, `onEnd` is through and no call is running. */
  readonly gone: Promise<void>;
  readonly #socket: Socket;
  readonly #ours: Ours;
  readonly #options: LinkOptions;
  readonly #frames = new FrameReader();
  readonly #pending = new Map<number, Pending>();
  readonly #running = new Set<Promise<void>>();
  readonly #socketClosed: Promise<void>;
  #finished: Promise<void> | undefined;
  #refusal: StreamsError | undefined;
  #lastId = 0;

  constructor(socket: Socket, ours: Ours, options: LinkOptions) {
    this.#socket = socket;
    this.#ours = ours;
    this.#options = options;
    this.#socketClosed = new Promise((resolve) => socket.once("close", () => resolve()));
    this.gone = this.#socketClosed.then(() => this.#end());
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    socket.on("error", (error) => void this.#end(error));
    socket.once("end", () => void this.#end());
  }

  call<K extends keyof Theirs & string>(
    method: K,
    ...args: Parameters<Theirs[K]>
  ): Promise<Awaited<ReturnType<Theirs[K]>>> {
    return new Promise((resolve, reject) => {
      if (this.#refusal !== undefined) throw this.#refusal;
      const id = ++this.#lastId;
      const frame = encodeFrame({ kind: "call", id, method, args } satisfies Message);
      this.#pending.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#write(frame);
    });
  }

  /** Calls that are under way are answered first. */
  async close(): Promise<void> {
    this.#refusal ??= new StreamsError("CLOSED", "this local connection is closed: open another one");
    this.#socket.end();
    const late = setTimeout(() => this.#socket.destroy(), CLOSE_WAIT_MS);
    await this.#socketClosed;
    clearTimeout(late);
  }

  /** At once: calls of either side that are under way are not answered. */
  destroy(): Promise<void> {
    this.#socket.destroy();
    return this.gone;
  }

  #read(chunk: Buffer): void {
    try {
      for (const message of this.#frames.push(chunk)) {
        if (!isMessage(message)) throw new StreamsError("UNDECODABLE", "a frame holds no message");
        this.#receive(message);
      }
    } catch (error) {
      this.#socket.destroy(error instanceof Error ? error : brokenPromise(String(error)));
    }
  }

  #receive(message: Message): void {
    if (message.kind === "call") {
      const running = this.#answer(message.id, message.method, message.args).finally(() =>
        this.#running.delete(running),
      );
      this.#running.add(running);
      return;
    }
    const pending = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    if (message.kind === "done") pending?.resolve(message.value);
    else pending?.reject(unpackError(message.error));
  }

  /** Begins the call before it returns, so that calls begin in the order in which they came. */
  async #answer(id: number, method: string, args: readonly unknown[]): Promise<void> {
    try {
      if (!Object.hasOwn(this.#ours, method)) throw brokenPromise(`there is no call ${method}`);
      const call: Call = this.#ours[method as keyof Ours];
      const value = await call(...(args as never[]));
      this.#write(encodeFrame({ kind: "done", id, value } satisfies Message));
    } catch (error) {
      this.#write(encodeFrame({ kind: "failed", id, error: packError(error) } satisfies Message));
    }
  }

  #write(frame: readonly Buffer[]): void {
    if (!this.#socket.writable) return;
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork();
      process.nextTick(() => this.#socket.uncork());
    }
    for (const part of frame) this.#socket.write(part);
  }

  #end(cause?: unknown): Promise<void> {
    this.#finished ??= (async () => {
      const error = this.#options.unavailable(cause);
      this.#refusal ??= error;
      for (const pending of this.#pending.values()) pending.reject(error);
      this.#pending.clear();
      await this.#options.onEnd?.();
      await Promise.allSettled(this.#running);
      this.#socket.end();
    })();
    return this.#finished;
  }
}
