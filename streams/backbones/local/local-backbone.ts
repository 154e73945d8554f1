import type { Socket } from "node:net";
import type {
  Backbone,
  GroupListener,
  GroupOptions,
  GroupReader,
  PartitionOffsets,
  Position,
  Producer,
  ProducerOptions,
  Reader,
  TopicDescription,
  TopicRetention,
  TopicSpec,
} from "../../backbone/backbone.ts";
import type { LogHistory } from "../../backbone/log-history.ts";
import { StreamsError } from "../../errors.ts";
import type { SchemaRegistry } from "../../registry/registry.ts";
import type { Handle, ListenerCalls, ServerCalls } from "./calls.ts";
import { Link } from "./link.ts";
import { localProducer } from "./local-producer.ts";
import { localGroup, localReader } from "./local-reader.ts";
import { hasCode } from "../../coded-error.ts";

/**
 * The embedded backbone of another process of this machine. When that process goes, every call rejects with `BACKBONE_GONE`; this one
 * does not connect again.
 */
export class LocalBackbone implements Backbone {
  readonly kind = "embedded";
  readonly fencesOffsets = true;
  readonly registry: SchemaRegistry;
  /** Aborted as soon as the other process has gone, or this connection is closed. */
  readonly gone: AbortSignal;
  readonly #link: Link<ListenerCalls, ServerCalls>;
  readonly #listeners = new Map<Handle, GroupListener>();
  readonly #partitions = new Map<string, number>();
  #lastListener = 0;

  constructor(socket: Socket, dir: string) {
    const listeners: ListenerCalls = {
      assigned: (listener, partitions) => this.#listener(listener).assigned(partitions),
      revoked: (listener, partitions) => this.#listener(listener).revoked(partitions),
    };
    const gone = new AbortController();
    this.gone = gone.signal;
    const link = new Link<ListenerCalls, ServerCalls>(socket, listeners, {
      onEnd: async () => gone.abort(),
      unavailable: (cause) =>
        new StreamsError(
          "BACKBONE_GONE",
          `the process that had ${dir} open has stopped: start it, or run the command again`,
          cause,
        ),
    });
    this.#link = link;
    this.registry = {
      register: (subject, schema, compatibility) => link.call("register", subject, schema, compatibility),
      schema: (id) => link.call("schema", id),
      subjects: () => link.call("subjects"),
      close: () => Promise.resolve(),
    };
  }

  /** The protocol of the server; `undefined` when it went away meanwhile. */
  hello(): Promise<number | undefined> {
    return this.#link.call("hello").catch((error: unknown) => {
      if (hasCode(error, "BACKBONE_GONE")) return undefined;
      throw error;
    });
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    return this.#link.call("ensureTopics", specs);
  }

  async partitions(topic: string): Promise<number | undefined> {
    const known = this.#partitions.get(topic);
    if (known !== undefined) return known;
    const found = await this.#link.call("partitions", topic);
    if (found !== undefined) this.#partitions.set(topic, found);
    return found;
  }

  topics(): Promise<readonly string[]> {
    return this.#link.call("topics");
  }

  retention(topics: readonly string[]): Promise<readonly TopicRetention[]> {
    return this.#link.call("retention", topics);
  }

  retain(topics: readonly TopicRetention[]): Promise<void> {
    return this.#link.call("retain", topics);
  }

  offsets(topics: readonly string[]): Promise<readonly PartitionOffsets[]> {
    return this.#link.call("offsets", topics);
  }

  ranges(topics: readonly string[]): Promise<readonly PartitionOffsets[]> {
    return this.#link.call("ranges", topics);
  }

  grow(topic: string, partitions: number): Promise<void> {
    this.#partitions.delete(topic);
    return this.#link.call("grow", topic, partitions);
  }

  remove(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.#partitions.delete(topic);
    return this.#link.call("remove", topics);
  }

  async describe(topics: readonly string[]): Promise<readonly TopicDescription[]> {
    const found = await this.#link.call("describe", topics);
    for (const topic of topics) this.#partitions.delete(topic);
    for (const { topic, partitions } of found) this.#partitions.set(topic, partitions);
    return found;
  }

  async producer(options: ProducerOptions = {}): Promise<Producer> {
    return localProducer(this.#link, await this.#link.call("openProducer", options));
  }

  async reader(positions: readonly Position[]): Promise<Reader> {
    return localReader(this.#link, await this.#link.call("openReader", positions));
  }

  async group({ groupId, copartitioned, listener }: GroupOptions): Promise<GroupReader> {
    const kept = ++this.#lastListener;
    this.#listeners.set(kept, listener);
    try {
      const handle = await this.#link.call("joinGroup", groupId, copartitioned, kept);
      return localGroup(this.#link, handle, () => this.#listeners.delete(kept));
    } catch (error) {
      this.#listeners.delete(kept);
      throw error;
    }
  }

  #listener(handle: Handle): GroupListener {
    const listener = this.#listeners.get(handle);
    if (listener === undefined) throw new StreamsError("CLOSED", "this member has left its group");
    return listener;
  }

  committed(groupId: string, topics: readonly string[]): Promise<readonly Position[]> {
    return this.#link.call("committed", groupId, topics);
  }

  history(): Promise<LogHistory> {
    return this.#link.call("history");
  }

  commit(groupId: string, positions: readonly Position[]): Promise<void> {
    return this.#link.call("commit", groupId, positions);
  }

  /** Calls under way are answered first, polls at once; then the other process has nothing more of this one. */
  close(): Promise<void> {
    return this.#link.close();
  }
}
