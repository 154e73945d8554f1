import type { Backbone, Fetch, GroupOptions, Position, TopicPartition } from "../../backbone/backbone.ts";
import { ReaderGroup } from "../../backbone/reader-group.ts";
import type { Pacing } from "./pacing.ts";
import type { Shelf } from "./shelf.ts";
import { ShelfReader } from "./shelf-reader.ts";

/** A group whose one member has every partition: records are shown to one process. */
export class ShelfGroup extends ReaderGroup<ShelfReader> {
  readonly #backbone: Backbone;
  readonly #options: GroupOptions;
  readonly #pacing: Pacing | undefined;
  readonly #partitionsOf: (topic: string) => number;
  #assigned = false;
  /** When records were last handed out; `undefined`: there were none. ms of the monotonic clock. */
  #busySince: number | undefined;

  constructor(
    backbone: Backbone,
    shelf: Shelf,
    options: GroupOptions,
    partitionsOf: (topic: string) => number,
    pacing?: Pacing,
  ) {
    super(new ShelfReader(shelf, []));
    this.#partitionsOf = partitionsOf;
    this.#backbone = backbone;
    this.#options = options;
    this.#pacing = pacing;
  }

  async poll(maxWaitMs: number, maxRecords?: number): Promise<readonly Fetch[]> {
    if (!this.#assigned) await this.#assign();
    const pacing = this.#pacing;
    if (pacing === undefined) return this.reader.poll(maxWaitMs, maxRecords);
    if (this.#busySince !== undefined) await pacing.rest(performance.now() - this.#busySince);
    const fetches = await this.reader.poll(maxWaitMs, Math.min(maxRecords ?? pacing.pollRecords, pacing.pollRecords));
    this.#busySince = fetches.length === 0 ? undefined : performance.now();
    return fetches;
  }

  async #assign(): Promise<void> {
    const { groupId, copartitioned, listener } = this.#options;
    const topics = [...new Set(copartitioned.flat())];
    const partitions: TopicPartition[] = [];
    for (const topic of topics) {
      const count = this.#partitionsOf(topic);
      for (let partition = 0; partition < count; partition++) partitions.push({ topic, partition });
    }
    const starts = [...(await this.#backbone.committed(groupId, topics)), ...(await listener.assigned(partitions))];
    for (const at of partitions) {
      const start = starts.findLast(({ topic, partition }) => topic === at.topic && partition === at.partition);
      this.reader.add({ ...at, offset: start?.offset ?? 0 });
    }
    this.#assigned = true;
  }

  commit(positions: readonly Position[]): Promise<void> {
    return this.#backbone.commit(this.#options.groupId, positions);
  }
}
