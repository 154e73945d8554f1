import type { Fetch, TopicPartition } from "../backbone/backbone.ts";
import type { Origin } from "../operator.ts";
import type { Grounds, TaskState } from "../state/task-state.ts";
import type { SubTopology, Topology } from "../topology/topology.ts";
import { partitionOf } from "../backbone/partitioner.ts";
import { timeOfLetter } from "./arrival.ts";
import { FOREIGN, Input, type InputOptions, type Queued } from "./input.ts";
import { earliest, takeRun } from "./merge.ts";
import { OperatorChain, type Output, type TaskEnvironment } from "./operator-chain.ts";

/** Most records a handler is given at once. */
const MOST_RECORDS = 1_024;

/**
 * One sub-topology over one partition. It merges its inputs by event time, hands runs of records to its operators and
 * collects what they write. It does no I/O but reading its state; outputs and the state's changes are the caller's to commit.
 */
export class Task {
  readonly id: string;
  readonly subTopology: SubTopology;
  readonly partition: number;
  readonly state: TaskState;
  readonly inputs: readonly Input[];
  /** What its positions and its state are made from. */
  readonly grounds: Grounds;
  readonly #topology: Topology;
  readonly #environment: TaskEnvironment;
  readonly #chain: OperatorChain;

  /**
   * @param positions by `topic/partition`: where its inputs start; absent: at offset 0.
   * @param grounds records whose keys belong to another one of their `partitions` are passed on to it.
   */
  constructor(
    topology: Topology,
    subTopology: SubTopology,
    partition: number,
    state: TaskState,
    positions: Readonly<Record<string, number>>,
    environment: TaskEnvironment,
    grounds: Grounds = {},
  ) {
    this.grounds = grounds;
    this.id = `${subTopology.name}/${partition}`;
    this.subTopology = subTopology;
    this.partition = partition;
    this.state = state;
    this.#topology = topology;
    this.#environment = environment;
    this.#chain = new OperatorChain(topology, subTopology, partition, state, environment);
    const options: InputOptions =
      grounds.partitions === undefined
        ? {}
        : {
            mixed: grounds.mixed === true,
            isForeign: (key) => this.#homeOf(key) !== partition,
          };
    const sources = subTopology.sources.map((topic) => {
      const onForeign = (origin: Origin): void => environment.onForeign?.(origin);
      return new Input(topic, partition, positions[`${topic.name}/${partition}`] ?? 0, { ...options, onForeign });
    });
    this.inputs =
      topology.clock === undefined ? sources : [...sources, new Input(topology.clock, 0, 0, { isClock: true })];
  }

  /** The highest event time that has passed, ms. */
  get streamTime(): number {
    return this.#chain.streamTime;
  }

  /** Records fetched and not handled. */
  get queued(): number {
    return this.inputs.reduce((sum, input) => sum + input.length, 0);
  }

  input(at: TopicPartition): Input | undefined {
    return this.inputs.find((input) => input.topic.name === at.topic && input.partition === at.partition);
  }

  /**
   * Queues fetched records; what can't be decoded, or has no time to be handled at, becomes a dead letter. `fetchedAt`: ms of the monotonic clock.
   * @param buries false: another task has buried it, since all of them read the clock.
   */
  async add(fetch: Fetch, fetchedAt: number, buries = true): Promise<void> {
    const arrival = this.#environment.arrival();
    const bad = await this.input(fetch)!.add(fetch, this.#environment.serdes, fetchedAt, arrival);
    if (!buries) return;
    for (const { record, error } of bad) {
      const origin = { topic: fetch.topic, partition: fetch.partition, offset: record.offset };
      this.#chain.bury(origin, this.subTopology.name, error, timeOfLetter(record.timestamp, arrival), record);
    }
  }

  /**
   * Handles what is queued, in event-time order, as long as every empty input is known to be at its end.
   * @returns how many records were handled.
   */
  async process(atEnd: (input: Input) => boolean): Promise<number> {
    let handled = 0;
    while (!this.inputs.some((input) => input.length === 0 && !atEnd(input))) {
      const next = earliest(this.inputs);
      if (next === undefined) break;
      const time = next.head!.time;
      const horizon = Math.max(time, next.lastTime);
      if (await this.#fireUntil(next.head!.moves, horizon)) continue;
      const timer = this.state.nextTimer()?.time ?? Number.POSITIVE_INFINITY;
      const run = takeRun(this.inputs, next, MOST_RECORDS, horizon, timer);
      handled += run.length;
      const own = next.mixed ? this.#passOn(run) : run;
      if (own.length === 0) continue;
      this.#chain.advance(own.at(-1)!.moves);
      if (next.topic !== this.#topology.clock) await this.#chain.handle(next.topic, own);
    }
    return handled;
  }

  /** The partition whose task has what is kept of the key. A record without one stays where it is, while that partition has a task. */
  #homeOf(key: Uint8Array | null): number {
    const partitions = this.grounds.partitions!;
    return key === null ? this.partition % partitions : partitionOf(key, partitions);
  }

  /** Sends what belongs to other partitions there. @returns the rest. */
  #passOn(run: readonly Queued[]): readonly Queued[] {
    for (const record of run) {
      if (record.value === FOREIGN) this.#chain.passOn(record, this.#homeOf(record.raw.key));
    }
    return run.filter(({ value }) => value !== FOREIGN);
  }

  /** Fires the timers that are due at `time`, and makes those up to `horizon` known. @returns whether there were any. */
  async #fireUntil(time: number, horizon: number): Promise<boolean> {
    if (!this.subTopology.stateful) return false;
    await this.state.prepareTimers(horizon);
    const timers = this.state.takeTimers(time);
    this.state.accept();
    if (timers.length === 0) return false;
    await this.#chain.fire(timers);
    return true;
  }

  /** What was written since the last call. */
  takeOutputs(): readonly Output[] {
    return this.#chain.takeOutputs();
  }

  /** By `topic/partition`: the next offset to handle. The clock is left out: only its newest record counts. */
  positions(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      this.inputs
        .filter(({ topic }) => topic !== this.#topology.clock)
        .map((input) => [`${input.topic.name}/${input.partition}`, input.position]),
    );
  }
}
