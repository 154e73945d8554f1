import {
  MAX_POLL_BYTES,
  type Fetch,
  type Position,
  type ReaderOptions,
  type TopicPartition,
} from "../../../backbone/backbone.ts";
import { StreamsError } from "../../../errors.ts";
import { readBatches } from "../records/batch-decode.ts";
import { FetchBuffer } from "./fetch-buffer.ts";
import { fetchBatches, type FetchedPartition } from "../requests/fetch-request.ts";
import { OpenTransactions } from "../records/open-transactions.ts";
import { isTransient, ProtocolError, streamsError } from "../cluster/kafka-errors.ts";
import type { KafkaSettings } from "../cluster/options.ts";
import { pause, quietMs, retrying } from "../cluster/retrying.ts";
import { leaderOf, nameOf } from "../topics/partition-ends.ts";
import type { TopicDirectory } from "../topics/topic-directory.ts";
import type { Wakeup } from "../../../backbone/wakeup.ts";
import type { Cluster } from "../cluster/wire.ts";

const offsetOutOfRange = 1;
/** Answers that a new look at the cluster mends: another leader, a topic that is not there yet. */
const staleLeader = new Set([3, 5, 6, 9, 56, 74, 75, 76]);

const maxBytes = 10 << 20;
const maxPartitionBytes = 1 << 20;

/**
 * Reads ahead: as long as a partition's buffer has room it takes part in the next fetch, paused or not, one fetch at a time for each leader.
 * Errors that pass are tried again for ever; `check` tells when they last.
 */
export class Fetcher {
  readonly #cluster: Cluster;
  readonly #directory: TopicDirectory;
  readonly #settings: KafkaSettings;
  readonly #arrival: Wakeup;
  readonly #buffers = new Map<string, FetchBuffer>();
  readonly #running = new Set<number>();
  readonly #onTrimmed: ReaderOptions["onTrimmed"];
  /** Partitions that end before their read position, by name. */
  readonly #beyond = new Map<string, StreamsError>();
  readonly #open: OpenTransactions;
  #failure: { readonly error: unknown; readonly since: number } | undefined;
  #first = 0;
  #closed = false;

  constructor(
    cluster: Cluster,
    directory: TopicDirectory,
    settings: KafkaSettings,
    arrival: Wakeup,
    onTrimmed?: ReaderOptions["onTrimmed"],
  ) {
    this.#onTrimmed = onTrimmed;
    this.#cluster = cluster;
    this.#directory = directory;
    this.#settings = settings;
    this.#arrival = arrival;
    this.#open = new OpenTransactions(settings.outages);
  }

  async add(positions: readonly Position[]): Promise<void> {
    if (positions.length === 0) return;
    const topics = [...new Set(positions.map(({ topic }) => topic))];
    await retrying(this.#settings, "kafka fetch", () => this.#cluster.addMultipleTargetTopics(topics));
    for (const position of positions) this.#buffers.set(nameOf(position), new FetchBuffer(position));
    this.#start();
  }

  remove(partitions: readonly TopicPartition[]): void {
    for (const at of partitions) {
      this.#buffers.delete(nameOf(at));
      this.#beyond.delete(nameOf(at));
      this.#open.forget(nameOf(at));
    }
  }

  seek(position: Position): void {
    this.#buffers.get(nameOf(position))?.seek(position.offset);
    this.#beyond.delete(nameOf(position));
    this.#start();
  }

  setPaused(partitions: readonly TopicPartition[], paused: boolean): void {
    for (const at of partitions) {
      const buffer = this.#buffers.get(nameOf(at));
      if (buffer !== undefined) buffer.paused = paused;
    }
    if (!paused) this.#arrival.wake();
    this.#start();
  }

  /** The records that are there. Each call begins with another partition. */
  take(maxRecords: number): readonly Fetch[] {
    const buffers = [...this.#buffers.values()];
    const fetches: Fetch[] = [];
    let room = maxRecords;
    let bytes = MAX_POLL_BYTES;
    for (let i = 0; i < buffers.length && room > 0 && bytes > 0; i++) {
      const buffer = buffers[(this.#first + i) % buffers.length]!;
      if (!buffer.ready) continue;
      const fetch = buffer.take(room, bytes);
      room -= fetch.records.length;
      bytes -= fetch.bytes;
      fetches.push(fetch);
    }
    this.#first = buffers.length === 0 ? 0 : (this.#first + 1) % buffers.length;
    if (fetches.length > 0) this.#start();
    return fetches;
  }

  /**
   * Throws once fetching has failed for longer than `deliveryTimeoutMs`, or for good, or when a partition ends before
   * its position.
   */
  check(): void {
    for (const error of this.#beyond.values()) throw error;
    const failure = this.#failure;
    if (failure === undefined) return;
    const lasted = performance.now() - failure.since;
    if (isTransient(failure.error) && lasted < this.#settings.deliveryTimeoutMs) return;
    throw streamsError(failure.error, `fetch ${[...this.#buffers.keys()].slice(0, 8).join(", ")}`);
  }

  close(): void {
    this.#closed = true;
    this.#buffers.clear();
    this.#open.close();
    this.#arrival.wake();
  }

  #start(): void {
    if (this.#closed) return;
    for (const buffer of this.#wanted()) {
      const leader = leaderOf(this.#cluster, buffer);
      if (this.#running.has(leader)) continue;
      this.#running.add(leader);
      void this.#run(leader);
    }
  }

  async #run(leader: number): Promise<void> {
    const outage = this.#settings.outages.of("kafka fetch", quietMs);
    for (;;) {
      const wanted = this.#wanted().filter((buffer) => leaderOf(this.#cluster, buffer) === leader);
      if (this.#closed || wanted.length === 0) break;
      try {
        await this.#fetch(leader, wanted);
        this.#failure = undefined;
        outage.ended();
      } catch (error) {
        this.#failure ??= { error, since: performance.now() };
        outage.failed(error, { leader, partitions: wanted.slice(0, 8).map(nameOf) });
        this.#arrival.wake();
        await pause(50);
        if (!this.#closed) await this.#cluster.refreshMetadata().catch(() => undefined);
      }
    }
    this.#running.delete(leader);
    // The present leaders' own outages, if any, go on.
    if (this.#closed) outage.givenUp();
    else outage.ended();
    // A partition may have moved to another leader, or come while the last fetch ran.
    this.#start();
  }

  /** Partitions with room, which is counted so that all buffers together keep to `fetchBufferBytes`. */
  #wanted(): FetchBuffer[] {
    const limit = this.#limit();
    return [...this.#buffers].flatMap(([name, buffer]) =>
      buffer.bytes < limit && !this.#beyond.has(name) ? [buffer] : [],
    );
  }

  #limit(): number {
    const share = this.#settings.fetchBufferBytes / Math.max(1, this.#buffers.size);
    return Math.max(64 << 10, Math.min(2 << 20, share));
  }

  async #fetch(leader: number, wanted: readonly FetchBuffer[]): Promise<void> {
    const broker = await this.#cluster.findBroker({ nodeId: leader });
    // The broker fills its answer from the front: begin elsewhere each time.
    const first = Math.floor(wanted.length * ((this.#first % 16) / 16));
    const asked = [...wanted.slice(first), ...wanted.slice(0, first)].map((buffer) => ({
      buffer,
      version: buffer.version,
      position: { topic: buffer.topic, partition: buffer.partition, offset: buffer.next },
    }));
    // A full buffer that is being read has room again soon: don't let this fetch wait without it.
    const draining = [...this.#buffers.values()].some((buffer) => !buffer.paused && !wanted.includes(buffer));
    const maxWaitMs = draining ? Math.min(5, this.#settings.fetchWaitMs) : this.#settings.fetchWaitMs;
    const positions = asked.map(({ position }) => position);
    const fetched = await fetchBatches(broker, positions, { maxWaitMs, maxBytes, maxPartitionBytes });
    const answers = new Map(fetched.map((answer) => [nameOf(answer), answer]));
    let arrived = false;
    let failed: FetchedPartition | undefined;
    for (const { buffer, version, position } of asked) {
      const answer = answers.get(nameOf(buffer));
      const current = (): boolean => this.#buffers.get(nameOf(buffer)) === buffer && buffer.version === version;
      if (answer === undefined || !current()) continue;
      if (answer.errorCode === 0) this.#open.saw(position, answer);
      if (answer.errorCode === offsetOutOfRange) await this.#moveIntoRange(buffer, current);
      else if (answer.errorCode !== 0) failed = answer;
      else if (answer.batches.length > 0) {
        const { batches, next } = readBatches(answer.batches, position.offset, answer.aborted);
        if (!current()) continue;
        buffer.append(batches, next);
        arrived ||= batches.length > 0;
      }
    }
    if (arrived) this.#arrival.wake();
    if (failed !== undefined) {
      const { errorCode } = failed;
      const type = errorCode === 3 ? "UNKNOWN_TOPIC_OR_PARTITION" : `ERROR_${errorCode}`;
      throw new ProtocolError(type, staleLeader.has(errorCode), nameOf(failed));
    }
  }

  /** Before the start of the log: to the start. Behind its end nothing can be read: `check` says so. */
  async #moveIntoRange(buffer: FetchBuffer, current: () => boolean): Promise<void> {
    const { topic, partition, next: from } = buffer;
    const [range] = await this.#directory.ends.rangesOf([{ topic, partition }]);
    if (range === undefined || !current()) return;
    if (from < range.start) {
      buffer.seek(range.start);
      this.#onTrimmed?.({ topic, partition, from, to: range.start });
    } else if (from > range.end) {
      const what = `${nameOf(buffer)} ends at ${range.end}, before offset ${from}, which is to be read next`;
      const message = `${what}: the topic was deleted and made anew, or has lost its end. Read it from another offset`;
      this.#beyond.set(nameOf(buffer), new StreamsError("TOPIC_MOVED", message));
      this.#arrival.wake();
    }
  }
}
