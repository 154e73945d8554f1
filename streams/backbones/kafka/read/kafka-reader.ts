import type { Fetch, Position, Reader, ReaderOptions, TopicPartition } from "../../../backbone/backbone.ts";
import { StreamsError } from "../../../errors.ts";
import { Fetcher } from "./fetcher.ts";
import type { KafkaSettings } from "../cluster/options.ts";
import type { TopicDirectory } from "../topics/topic-directory.ts";
import { Wakeup } from "../../../backbone/wakeup.ts";
import type { Cluster } from "../cluster/wire.ts";

export const defaultMaxRecords = 2_048;

/** Reads given partitions over a cluster connection of its own, which it closes. */
export class KafkaReader implements Reader {
  readonly #cluster: Cluster;
  readonly #arrival = new Wakeup();
  readonly #fetcher: Fetcher;
  #closed = false;

  constructor(
    cluster: Cluster,
    directory: TopicDirectory,
    settings: KafkaSettings,
    onTrimmed?: ReaderOptions["onTrimmed"],
  ) {
    this.#cluster = cluster;
    this.#fetcher = new Fetcher(cluster, directory, settings, this.#arrival, onTrimmed);
  }

  start(positions: readonly Position[]): Promise<void> {
    return this.#fetcher.add(positions);
  }

  async poll(maxWaitMs: number, maxRecords = defaultMaxRecords): Promise<readonly Fetch[]> {
    const deadline = performance.now() + maxWaitMs;
    for (;;) {
      if (this.#closed) throw new StreamsError("CLOSED", "this reader is closed: open another one");
      const fetches = this.#fetcher.take(maxRecords);
      if (fetches.length > 0) return fetches;
      this.#fetcher.check();
      const left = deadline - performance.now();
      if (left <= 0) return [];
      await this.#arrival.sleep(left);
      if (this.#closed) return [];
    }
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.#fetcher.setPaused(partitions, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.#fetcher.setPaused(partitions, false);
  }

  seek(position: Position): void {
    this.#fetcher.seek(position);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#fetcher.close();
    await this.#cluster.disconnect();
  }
}
