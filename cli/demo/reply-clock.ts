import { decisionReplies } from "../../schemas/index.ts";
import { CORRELATION_ID, type Backbone, type Reader, type Serdes } from "../../streams/index.ts";
import { REPLY_PARTITION_OF_FEED } from "../../loop/index.ts";

/** Milliseconds from the publishing of each request to the arrival of its reply. */
export class ReplyClock {
  readonly #reader: Reader;
  readonly #serdes: Serdes;
  readonly #sent = new Map<string, number>();
  readonly #latencies: number[] = [];
  /** Replies without a value. */
  nulls = 0;
  #closing = false;
  #running: Promise<void>;

  static async open(backbone: Backbone, serdes: Serdes): Promise<ReplyClock> {
    const offsets = await backbone.offsets([decisionReplies.name]);
    const { end } = offsets.find(({ partition }) => partition === REPLY_PARTITION_OF_FEED)!;
    const position = { topic: decisionReplies.name, partition: REPLY_PARTITION_OF_FEED, offset: end };
    return new ReplyClock(await backbone.reader([position]), serdes);
  }

  private constructor(reader: Reader, serdes: Serdes) {
    this.#reader = reader;
    this.#serdes = serdes;
    this.#running = this.#run();
  }

  sent(decisionId: string): void {
    this.#sent.set(decisionId, performance.now());
  }

  async #run(): Promise<void> {
    while (!this.#closing) {
      for (const { records } of await this.#reader.poll(100)) {
        const now = performance.now();
        for (const { headers, value } of records) {
          const id = Buffer.from(headers[CORRELATION_ID] ?? []).toString();
          const sent = this.#sent.get(id);
          if (sent === undefined) continue;
          this.#latencies.push(now - sent);
          if (this.#serdes.decode(decisionReplies, value!).value === null) this.nulls++;
          this.#sent.delete(id);
        }
      }
    }
  }

  get answered(): number {
    return this.#latencies.length;
  }

  /** Nearest-rank percentiles, ms; null without a reply. */
  percentiles(): { readonly p50: number | null; readonly p99: number | null } {
    const sorted = Float64Array.from(this.#latencies).sort();
    const at = (share: number): number | null =>
      sorted.length === 0 ? null : Math.round(sorted[Math.ceil(share * sorted.length) - 1]! * 1_000) / 1_000;
    return { p50: at(0.5), p99: at(0.99) };
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#reader.close();
    await this.#running;
  }
}
