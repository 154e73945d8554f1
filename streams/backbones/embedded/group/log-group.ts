import type { Fetch, GroupListener, Position, TopicPartition } from "../../../backbone/backbone.ts";
import { ReaderGroup } from "../../../backbone/reader-group.ts";
import { StreamsError } from "../../../errors.ts";
import type { Coordinator, Member, Share } from "./coordinator.ts";
import { nameOf, type LogReader } from "../log-reader.ts";

export interface GroupContext {
  readonly groupId: string;
  readonly coordinator: Coordinator;
  readonly shares: readonly Share[];
  readonly listener: GroupListener;
  readonly committed: (at: TopicPartition) => number | undefined;
  readonly commit: (groupId: string, positions: readonly Position[]) => Promise<void>;
}

/** One member of a group: shares come and go inside `poll`. */
export class LogGroup extends ReaderGroup<LogReader> {
  readonly #context: GroupContext;
  readonly #member: Member;

  constructor(reader: LogReader, context: GroupContext) {
    super(reader);
    this.#context = context;
    this.#member = context.coordinator.join(context.shares, () => reader.wake());
  }

  async poll(maxWaitMs: number, maxRecords?: number): Promise<readonly Fetch[]> {
    this.reader.arm();
    await this.#move();
    const ready = await this.reader.collect(maxRecords);
    if (ready.length > 0 || maxWaitMs <= 0) return ready;
    await this.reader.sleep(maxWaitMs);
    await this.#move();
    return this.reader.collect(maxRecords);
  }

  async #move(): Promise<void> {
    const { coordinator, listener } = this.#context;
    const leaving = coordinator.toRevoke(this.#member);
    if (leaving.length > 0) {
      const partitions = leaving.flatMap((share) => share.partitions);
      await listener.revoked(partitions);
      for (const at of partitions) this.reader.remove(at);
      coordinator.released(this.#member, leaving);
    }
    const coming = coordinator.toAssign(this.#member);
    if (coming.length > 0) {
      for (const share of coming) this.#member.owned.set(share.id, share);
      const partitions = coming.flatMap((share) => share.partitions);
      const starts = new Map(
        (await listener.assigned(partitions)).map((position) => [nameOf(position), position.offset]),
      );
      for (const at of partitions) {
        this.reader.add({ ...at, offset: starts.get(nameOf(at)) ?? this.#context.committed(at) ?? 0 });
      }
    }
  }

  async commit(positions: readonly Position[]): Promise<void> {
    for (const position of positions) {
      if (!this.#context.coordinator.owns(this.#member, position)) {
        throw new StreamsError(
          "FENCED",
          `group ${this.#context.groupId}: ${nameOf(position)} belongs to another member now; rejoin before committing`,
        );
      }
    }
    await this.#context.commit(this.#context.groupId, positions);
  }

  override async close(): Promise<void> {
    this.#context.coordinator.leave(this.#member);
    await super.close();
  }
}
