import type {
  Fetch,
  GroupListener,
  GroupReader,
  MemberMemory,
  Position,
  TopicPartition,
} from "../../../backbone/backbone.ts";
import { StreamsError } from "../../../errors.ts";
import { Fetcher } from "../read/fetcher.ts";
import type { GroupTasks } from "./group-tasks.ts";
import { isTransient, protocolType, streamsError } from "../cluster/kafka-errors.ts";
import { defaultMaxRecords } from "../read/kafka-reader.ts";
import { Membership, type Standing } from "./membership.ts";
import type { KafkaSettings } from "../cluster/options.ts";
import { retrying } from "../cluster/retrying.ts";
import { nameOf } from "../topics/partition-ends.ts";
import type { GroupOffsets } from "./group-offsets.ts";
import type { TopicDirectory } from "../topics/topic-directory.ts";
import { Wakeup } from "../../../backbone/wakeup.ts";
import type { Cluster } from "../cluster/wire.ts";

export interface GroupContext {
  readonly groupId: string;
  readonly tasks: GroupTasks;
  readonly standbyReplicas: number;
  readonly listener: GroupListener;
  readonly memory: MemberMemory | undefined;
  readonly directory: TopicDirectory;
  readonly offsets: GroupOffsets;
  readonly settings: KafkaSettings;
  /** Of this member alone: a pending join holds up every other request on its connection. */
  readonly cluster: Cluster;
  /** Tells the coordinator on another connection that the member leaves; a static member stays in the group for its session. @returns whether the group has heard of it */
  readonly leave: (memberId: string) => Promise<boolean>;
  readonly closed: () => void;
}

/**
 * A member of a group whose rebalances are cooperative. It keeps reading its partitions while the group joins again,
 * and gives back only those that move. It gets a task only after the holder before it has let go. Joining runs beside
 * `poll`, so `poll` keeps to its time.
 */
export class KafkaGroup implements GroupReader {
  readonly #context: GroupContext;
  readonly #arrival = new Wakeup();
  readonly #fetcher: Fetcher;
  readonly #membership: Membership;
  readonly #owned = new Set<string>();
  /** Given by the group, but not read yet: the listener is being told of them. */
  #coming: readonly string[] = [];
  /** This member's tasks by the group's last round; undefined while a round runs. */
  #target: ReadonlySet<string> | undefined;
  /** Tasks whose state this member keeps, and whether the listener has been told. */
  #standby: readonly string[] = [];
  #standbyTold = true;
  #joining: Promise<void> | undefined;
  #joinFailure: unknown;
  #rejoin = true;
  #lost = false;
  #woken = false;
  #closed = false;

  constructor(context: GroupContext) {
    this.#context = context;
    const { cluster, directory, settings } = context;
    this.#fetcher = new Fetcher(cluster, directory, settings, this.#arrival, (trimmed) =>
      context.listener.onTrimmed?.(trimmed),
    );
    this.#membership = new Membership(cluster, context, settings, {
      named: (memberId) => context.memory?.write(memberId),
      rebalancing: () => {
        this.#rejoin = true;
        this.#arrival.wake();
      },
      lost: () => {
        this.#lost = true;
        this.#arrival.wake();
      },
      failed: (error) => {
        this.#joinFailure = error;
      },
    });
    this.#join();
  }

  get groupId(): string {
    return this.#context.groupId;
  }

  owns(positions: readonly Position[]): boolean {
    return this.#foreign(positions) === undefined && !this.#lost;
  }

  async poll(maxWaitMs: number, maxRecords = defaultMaxRecords): Promise<readonly Fetch[]> {
    const deadline = performance.now() + maxWaitMs;
    for (;;) {
      if (this.#closed) throw new StreamsError("CLOSED", `group ${this.#context.groupId}: this member is closed`);
      await this.#settle();
      const fetches = this.#fetcher.take(maxRecords);
      if (fetches.length > 0) return fetches;
      this.#fetcher.check();
      const left = deadline - performance.now();
      if (left <= 0 || this.#woken) {
        this.#woken = false;
        return [];
      }
      if (!this.#unsettled()) await this.#arrival.sleep(left);
      if (this.#closed) return [];
    }
  }

  wake(): void {
    this.#woken = true;
    this.#arrival.wake();
  }

  #unsettled(): boolean {
    return this.#lost || this.#joinFailure !== undefined || (this.#joining === undefined && this.#rejoin);
  }

  /** Tells the listener of changes, then joins again if that is due. A listener that throws is called again. */
  async #settle(): Promise<void> {
    if (this.#joinFailure !== undefined) {
      const failure = this.#joinFailure;
      this.#joinFailure = undefined;
      this.#rejoin = true;
      throw streamsError(failure, `join group ${this.#context.groupId}`);
    }
    if (this.#lost) {
      await this.#giveBack([...this.#owned]);
      this.#lost = false;
      this.#target = undefined;
      this.#rejoin = true;
    }
    const target = this.#target;
    if (target !== undefined) {
      const leaving = [...this.#owned].filter((task) => !target.has(task));
      if (leaving.length > 0) {
        await this.#giveBack(leaving);
        this.#rejoin = true;
      }
      const coming = [...target].filter((task) => !this.#owned.has(task));
      if (coming.length > 0 && !this.#lost) {
        this.#coming = coming;
        await this.#takeOn(coming).finally(() => (this.#coming = []));
      }
      if (!this.#standbyTold) {
        const kept = this.#standby.filter((task) => !this.#owned.has(task));
        await this.#context.listener.standby?.(this.#context.tasks.partitions(kept));
        this.#standbyTold = true;
      }
    }
    if (this.#rejoin && this.#joining === undefined && !this.#lost) this.#join();
  }

  async #giveBack(tasks: readonly string[]): Promise<void> {
    if (tasks.length === 0) return;
    const partitions = this.#context.tasks.partitions(tasks);
    await this.#context.listener.revoked(partitions);
    this.#fetcher.remove(partitions);
    for (const task of tasks) this.#owned.delete(task);
  }

  async #takeOn(tasks: readonly string[]): Promise<void> {
    const { tasks: names, listener, offsets, groupId } = this.#context;
    const partitions = names.partitions(tasks);
    const given = await listener.assigned(partitions, () => offsets.committed(groupId, partitions, true));
    const starts = new Map(given.map((position) => [nameOf(position), position.offset]));
    // Asked for only now: the holder before may have committed until the listener fenced it.
    const rest = partitions.filter((at) => !starts.has(nameOf(at)));
    for (const position of await offsets.committed(groupId, rest, true)) starts.set(nameOf(position), position.offset);
    await this.#fetcher.add(partitions.map((at) => ({ ...at, offset: starts.get(nameOf(at)) ?? 0 })));
    for (const task of tasks) this.#owned.add(task);
  }

  #join(): void {
    this.#rejoin = false;
    this.#target = undefined;
    this.#joining = this.#membership
      .join({ owned: [...this.#owned], standby: this.#standby })
      .then(
        (share) => {
          if (share === undefined) return;
          this.#target = new Set(share.tasks);
          this.#standby = share.standby;
          this.#standbyTold = false;
        },
        (error: unknown) => {
          this.#joinFailure = error;
        },
      )
      .finally(() => {
        this.#joining = undefined;
        this.#arrival.wake();
      });
  }

  async commit(positions: readonly Position[]): Promise<void> {
    if (positions.length === 0) return;
    const { groupId, settings } = this.#context;
    try {
      await retrying(settings, "kafka group", () =>
        this.asMember(positions, (standing) => this.#membership.commit(positions, standing)),
      );
    } catch (error) {
      if (protocolType(error) === undefined && !isTransient(error)) throw error;
      throw streamsError(error, `commit of group ${groupId}`);
    }
  }

  /**
   * Runs `attempt` with this member's standing, and again if a round of the group came between. `FENCED` if the member
   * does not have all the partitions.
   */
  async asMember(positions: readonly Position[], attempt: (standing: Standing) => Promise<void>): Promise<void> {
    this.#checkOwned(positions);
    try {
      await attempt(this.#membership.standing);
    } catch (error) {
      // A round of the group in which the partitions may well stay here: only its end tells.
      const type = protocolType(error);
      const joining = this.#joining;
      if (joining === undefined || (type !== "REBALANCE_IN_PROGRESS" && type !== "ILLEGAL_GENERATION")) throw error;
      await joining;
      this.#checkOwned(positions);
      await attempt(this.#membership.standing);
    }
  }

  #foreign(positions: readonly Position[]): Position | undefined {
    const mine = new Set(this.#context.tasks.partitions([...this.#owned, ...this.#coming]).map(nameOf));
    return positions.find((position) => !mine.has(nameOf(position)));
  }

  #checkOwned(positions: readonly Position[]): void {
    const foreign = this.#foreign(positions);
    if (foreign === undefined && !this.#lost) return;
    throw new StreamsError(
      "FENCED",
      `group ${this.#context.groupId}: ${nameOf(foreign ?? positions[0]!)} is not this member's any more; poll to rejoin`,
    );
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

  /**
   * Leaves the group, so that the others need not wait for the session to end; a static member does not, so that nothing moves when it is
   * back before that. The listener is not called.
   */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#context.closed();
    this.#membership.close();
    this.#fetcher.close();
    const { groupInstanceId } = this.#context.settings;
    const { memberId } = this.#membership;
    const gone = memberId === "" || groupInstanceId !== undefined || (await this.#context.leave(memberId));
    // One that is still there is taken out by the next: the group would wait for it, at worst for a whole rebalance.
    if (gone) this.#context.memory?.write(undefined);
    await this.#context.cluster.disconnect();
  }
}
