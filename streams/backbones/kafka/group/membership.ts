import type { Position } from "../../../backbone/backbone.ts";
import { StreamsError } from "../../../errors.ts";
import { assignTasks } from "./assignment.ts";
import {
  decodeClaims,
  decodeShare,
  encodeClaims,
  encodeShare,
  type Claims,
  type GroupTasks,
  type Share,
} from "./group-tasks.ts";
import { isTransient, protocolType } from "../cluster/kafka-errors.ts";
import type { Outage } from "../../../outage.ts";
import type { KafkaSettings } from "../cluster/options.ts";
import { pause, quietMs } from "../cluster/retrying.ts";
import type { Broker, Cluster } from "../cluster/wire.ts";

/** Members only form a group with others of the same protocol name. */
const protocol = "loopstream-tasks";
/** While a task waits to be handed on, the next round is near: look for it often. */
const eagerHeartbeatMs = 100;
/** A member hears of a round by a heartbeat. One that keeps the state of others' tasks is to take them over at once. */
const standbyHeartbeatMs = 50;

export interface MembershipEvents {
  /** The group knows this member by that id from now on. */
  readonly named: (memberId: string) => void;
  /** The group is about to share out its tasks anew: join again. */
  readonly rebalancing: () => void;
  /** The group has gone on without this member, which owns nothing any more. */
  readonly lost: () => void;
  /** After `lost`: it must not join again. */
  readonly failed: (error: StreamsError) => void;
}

/** The member that a request is from: the broker refuses it once the group has gone on without the member. */
export interface Standing {
  readonly memberId: string;
  readonly generationId: number;
  readonly groupInstanceId?: string;
}

export interface MembershipOptions {
  readonly groupId: string;
  readonly tasks: GroupTasks;
  readonly standbyReplicas: number;
}

/** This member's standing with the group's coordinator: joins, heartbeats, commits. Knows nothing of records. */
export class Membership {
  readonly #cluster: Cluster;
  readonly #groupId: string;
  readonly #tasks: GroupTasks;
  readonly #standbyReplicas: number;
  /** A static member's name, for the requests that take one. */
  readonly #instance: { readonly groupInstanceId?: string };
  readonly #settings: KafkaSettings;
  readonly #events: MembershipEvents;
  readonly #outage: Outage;
  #coordinator: Broker | undefined;
  #memberId = "";
  #generation = -1;
  #timer: NodeJS.Timeout | undefined;
  #beat: Promise<void> | undefined;
  #out = false;
  #closed = false;

  constructor(cluster: Cluster, options: MembershipOptions, settings: KafkaSettings, events: MembershipEvents) {
    this.#cluster = cluster;
    this.#groupId = options.groupId;
    this.#tasks = options.tasks;
    this.#standbyReplicas = options.standbyReplicas;
    const { groupInstanceId } = settings;
    this.#instance = groupInstanceId === undefined ? {} : { groupInstanceId };
    this.#settings = settings;
    this.#events = events;
    this.#outage = settings.outages.of("kafka group", quietMs);
  }

  get memberId(): string {
    return this.#memberId;
  }

  get standing(): Standing {
    return { memberId: this.#memberId, generationId: this.#generation, ...this.#instance };
  }

  /**
   * Waits for all members to join, which takes up to `rebalanceTimeoutMs`, and resolves to this member's share; undefined when it was
   * thrown out meanwhile (after `lost`) or closed. Goes on trying while the coordinator can't be reached. Rejects when another process has
   * joined in this static member's name.
   */
  async join(claims: Claims): Promise<Share | undefined> {
    clearInterval(this.#timer);
    await this.#beat;
    // A claim by a member that was thrown out could take a task from its new holder.
    if (this.#out && claims.owned.length > 0) return undefined;
    this.#out = false;
    while (!this.#closed) {
      try {
        const share = await this.#joinOnce(claims);
        this.#outage.ended();
        if (!this.#closed) this.#startHeartbeat(this.#heartbeatMs(share));
        return share;
      } catch (error) {
        const type = protocolType(error);
        if (type === "FENCED_INSTANCE_ID") throw this.#replaced(error);
        if (type === "UNKNOWN_MEMBER_ID") {
          this.#memberId = "";
          if (claims.owned.length > 0) {
            this.#lose();
            return undefined;
          }
        } else if (type !== "REBALANCE_IN_PROGRESS" && type !== "ILLEGAL_GENERATION" && !isTransient(error)) {
          throw error;
        } else if (type === undefined || isTransient(error)) {
          this.#coordinator = undefined;
          this.#outage.failed(error, { group: this.#groupId });
          await pause(100);
          await this.#cluster.refreshMetadata().catch(() => undefined);
        }
      }
    }
    return undefined;
  }

  /** To join again would throw the other one out, and so on. */
  #replaced(cause: unknown): StreamsError {
    const { groupInstanceId = "" } = this.#instance;
    const message =
      `group ${this.#groupId}: another process has joined as instance "${groupInstanceId}"; ` +
      "give each process an instance id of its own, or let this one end";
    return new StreamsError("INSTANCE_REPLACED", message, cause);
  }

  async #joinOnce(claims: Claims): Promise<Share> {
    const groupId = this.#groupId;
    const coordinator = await this.#findCoordinator();
    const joined = await coordinator.joinGroup({
      groupId,
      sessionTimeout: this.#settings.sessionTimeoutMs,
      rebalanceTimeout: this.#settings.rebalanceTimeoutMs,
      memberId: this.#memberId,
      ...this.#instance,
      // A join that is repeated or given up leaves nobody behind for whom the group would wait.
      named: (memberId) => this.#name(memberId),
      groupProtocols: [{ name: protocol, metadata: encodeClaims(this.#tasks.topics, claims) }],
    });
    this.#name(joined.memberId);
    this.#generation = joined.generationId;
    const { memberAssignment } = await coordinator.syncGroup({
      groupId,
      generationId: joined.generationId,
      memberId: joined.memberId,
      ...this.#instance,
      groupAssignment: joined.leaderId === joined.memberId ? this.#shareOut(joined.members) : [],
    });
    return decodeShare(memberAssignment);
  }

  #name(memberId: string): void {
    this.#memberId = memberId;
    this.#events.named(memberId);
  }

  #shareOut(members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[]) {
    const claims = members.map(({ memberId, memberMetadata }) => ({ memberId, ...decodeClaims(memberMetadata) }));
    const { tasks, standby, unfinished } = assignTasks(claims, this.#tasks.all, this.#standbyReplicas);
    return [...tasks].map(([memberId, own]) => ({
      memberId,
      memberAssignment: encodeShare(
        { tasks: own, standby: standby.get(memberId)!, unfinished },
        this.#tasks.partitions(own),
      ),
    }));
  }

  #heartbeatMs({ standby, unfinished }: Share): number {
    const { heartbeatIntervalMs } = this.#settings;
    if (standby.length > 0) return Math.min(standbyHeartbeatMs, heartbeatIntervalMs);
    return unfinished ? eagerHeartbeatMs : heartbeatIntervalMs;
  }

  #startHeartbeat(intervalMs: number): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      this.#beat ??= this.#heartbeat().finally(() => (this.#beat = undefined));
    }, intervalMs);
  }

  async #heartbeat(): Promise<void> {
    const generation = this.#generation;
    try {
      const coordinator = await this.#findCoordinator();
      await coordinator.heartbeat({
        groupId: this.#groupId,
        groupGenerationId: generation,
        memberId: this.#memberId,
        ...this.#instance,
      });
      this.#outage.ended();
    } catch (error) {
      const type = protocolType(error);
      if (type === "REBALANCE_IN_PROGRESS") this.#events.rebalancing();
      else if (type === "FENCED_INSTANCE_ID") {
        this.#lose();
        this.#events.failed(this.#replaced(error));
      } else if (type === "UNKNOWN_MEMBER_ID" || type === "ILLEGAL_GENERATION") {
        if (type !== "ILLEGAL_GENERATION") this.#memberId = "";
        this.#lose();
      } else {
        this.#coordinator = undefined;
        this.#outage.failed(error, { group: this.#groupId });
      }
    }
  }

  #lose(): void {
    clearInterval(this.#timer);
    this.#generation = -1;
    this.#out = true;
    this.#events.lost();
  }

  /** One attempt. */
  async commit(positions: readonly Position[], { generationId, ...member }: Standing): Promise<void> {
    const topics = [...Map.groupBy(positions, ({ topic }) => topic)].map(([topic, group]) => ({
      topic,
      partitions: group.map(({ partition, offset }) => ({ partition, offset: String(offset) })),
    }));
    try {
      const coordinator = await this.#findCoordinator();
      await coordinator.offsetCommit({
        groupId: this.#groupId,
        groupGenerationId: generationId,
        ...member,
        topics,
      });
    } catch (error) {
      this.#coordinator = undefined;
      throw error;
    }
  }

  async #findCoordinator(): Promise<Broker> {
    return (this.#coordinator ??= await this.#cluster.findGroupCoordinator({ groupId: this.#groupId }));
  }

  /** Stops at once; a pending join ends when the coordinator hears of the leave. */
  close(): void {
    this.#closed = true;
    this.#outage.givenUp();
    clearInterval(this.#timer);
  }
}
