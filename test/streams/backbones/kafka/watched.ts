import type { Backbone, GroupReader, TopicPartition } from "../../../../streams/backbone/backbone.ts";

/** A member that polls until it is stopped, and what came to it and left it. */
export class Watched {
  readonly has = new Set<string>();
  gained = 0;
  lost = 0;
  #group: GroupReader | undefined;
  #running: Promise<void> | undefined;
  #stopped = false;

  async join(backbone: Backbone, groupId: string, topic: string): Promise<void> {
    const nameOf = (at: TopicPartition): string => `${at.topic}/${at.partition}`;
    this.#group = await backbone.group({
      groupId,
      copartitioned: [[topic]],
      listener: {
        assigned: (partitions) => {
          this.gained += partitions.length;
          for (const at of partitions) this.has.add(nameOf(at));
          return Promise.resolve([]);
        },
        revoked: (partitions) => {
          this.lost += partitions.length;
          for (const at of partitions) this.has.delete(nameOf(at));
          return Promise.resolve();
        },
      },
    });
    this.#running = (async () => {
      while (!this.#stopped) await this.#group!.poll(50);
    })();
  }

  /** What ended its polling, if anything did. */
  get ended(): Promise<unknown> {
    return this.#running!.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  async leave(): Promise<void> {
    this.#stopped = true;
    await this.#running?.catch(() => undefined);
    await this.#group?.close();
    this.has.clear();
  }
}

/** Waits until the members have so many partitions, in any order. */
export async function until(members: readonly Watched[], sizes: readonly number[]): Promise<void> {
  const sorted = sizes.toSorted((a, b) => a - b).join();
  while (
    members
      .map(({ has }) => has.size)
      .toSorted((a, b) => a - b)
      .join() !== sorted
  ) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
