import { MAX_RECORD_BYTES } from "../../../backbone/backbone.ts";
import { batchHeaderBytes } from "../records/batch-encode.ts";
import { CodedError } from "../../../coded-error.ts";

/** Below the broker's and the topics' default `max.message.bytes` of 1,048,588, which is counted a batch. */
const mostBatchBytes = 1_040_000;
/** Bytes of a batch of one record beside key, value and headers; leaves room for the lengths of some dozen headers. */
const oneRecordBytes = batchHeaderBytes + 200;

/** The largest batches and records, topic by topic: brokers refuse batches over a topic's `max.message.bytes`. */
export class MessageSizes {
  readonly #ask: (topics: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  readonly #configured = new Map<string, number>();
  /** Learnt from refusals that the setting does not explain. */
  readonly #refused = new Map<string, number>();

  /** @param ask gives the topics' `max.message.bytes`. */
  constructor(ask: (topics: readonly string[]) => Promise<ReadonlyMap<string, number>>) {
    this.#ask = ask;
  }

  knows(topic: string): boolean {
    return this.#configured.has(topic);
  }

  batchBytes(topic: string): number {
    const configured = this.#configured.get(topic) ?? mostBatchBytes;
    return Math.min(mostBatchBytes, configured, this.#refused.get(topic) ?? mostBatchBytes);
  }

  /** Key, value and headers of the largest record that fits into a batch. */
  recordBytes(topic: string): number {
    return Math.max(0, Math.min(MAX_RECORD_BYTES, this.batchBytes(topic) - oneRecordBytes));
  }

  /** If the client may not ask, the defaults hold until a batch is refused. */
  async learn(topics: readonly string[]): Promise<void> {
    let found: ReadonlyMap<string, number>;
    try {
      found = await this.#ask(topics);
    } catch (error) {
      if (error instanceof CodedError && error.flags.retry && isPassing(error)) throw error;
      found = new Map();
    }
    for (const topic of topics) {
      const configured = found.get(topic) ?? mostBatchBytes;
      if (this.#configured.get(topic) !== configured) this.#refused.delete(topic);
      this.#configured.set(topic, configured);
    }
  }

  /** A broker has refused a batch of so many bytes and records: the setting was changed, or something on the way takes less. */
  async refused(topic: string, bytes: number, records: number): Promise<void> {
    await this.learn([topic]);
    if (this.batchBytes(topic) < bytes) return;
    this.#refused.set(topic, records > 1 ? bytes >> 1 : bytes - 1);
  }
}

/** Whether the brokers could not be asked; a refusal to answer is not. */
function isPassing({ cause }: CodedError): boolean {
  return !(cause instanceof Error && cause.name === "ProtocolError" && "retriable" in cause && !cause.retriable);
}
