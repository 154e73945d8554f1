import { partitionOf } from "../backbone/partitioner.ts";
import { StreamsError } from "../errors.ts";
import { GlobalFeed } from "../global/global-feed.ts";
import type { GlobalRef, Store, StoreSpec } from "../operator.ts";
import { createMemoryRegistry } from "../registry/memory-registry.ts";
import { Outbox } from "../runtime/commit/outbox.ts";
import { Serdes } from "../serde/serdes.ts";
import type { StateEngine } from "../state/engine.ts";
import { createMemoryEngine } from "../state/memory-engine.ts";
import { timeOfLetter, unbounded, type Arrival } from "../task/arrival.ts";
import { deadLetter, letterKey, type DeadLetterValue } from "../task/dead-letter.ts";
import type { TaskEnvironment } from "../task/task-environment.ts";
import type { Task } from "../task/task.ts";
import type { Topology } from "../topology/topology.ts";
import type { AnyTopic, Topic } from "../topic.ts";
import { openTasks, runTask } from "./driven-tasks.ts";
import { MemoryLog } from "./memory-log.ts";
import type { Read, TestInput, TestOutput, TestRecord } from "./test-topics.ts";

export interface TestDriverOptions {
  readonly deadLetters: Topic<DeadLetterValue>;
  /** Of every topic that does not say its own number. Default 1. */
  readonly partitions?: number;
  /** Event time at which the driver starts, ms. Default 0. */
  readonly start?: number;
  /** The engine that keeps state. Default in memory. */
  readonly engine?: StateEngine;
  /** The time of arrival, ms, moved by hand. Default: everything is read as history, in which no time lies ahead. */
  readonly now?: () => number;
}

/** An operator that has a store of this name and value. */
interface Storing<K extends string, V> {
  readonly name: string;
  readonly state: { readonly [store in K]: StoreSpec<V> };
}

/** As Kafka Streams' TopologyTestDriver: a topology without brokers, disk or wall clock. */
export async function createTestDriver(topology: Topology, options: TestDriverOptions): Promise<TestDriver> {
  const driver = new TestDriver(topology, options);
  await driver.open();
  return driver;
}

/**
 * Runs the real tasks, serdes and globals of a topology over topics in memory. Whatever is sent passes through all
 * sub-topologies before `send` resolves. Event time moves with the records and by `advanceTo`.
 */
export class TestDriver {
  readonly #topology: Topology;
  readonly #deadLetters: Topic<DeadLetterValue>;
  readonly #partitions: number;
  readonly #now: (() => number) | undefined;
  readonly #log = new MemoryLog();
  readonly #serdes = new Serdes(createMemoryRegistry());
  readonly #engine: StateEngine;
  readonly #outbox: Outbox;
  readonly #outputs = new Map<string, TestOutput<unknown>>();
  #globals: GlobalFeed | undefined;
  #tasks: readonly Task[] = [];
  #time: number;

  constructor(topology: Topology, options: TestDriverOptions) {
    this.#topology = topology;
    this.#deadLetters = options.deadLetters;
    this.#partitions = options.partitions ?? 1;
    this.#now = options.now;
    this.#time = options.start ?? 0;
    this.#engine = options.engine ?? createMemoryEngine();
    this.#outbox = new Outbox(this.#log, this.#serdes, options.deadLetters);
  }

  async open(): Promise<void> {
    for (const topic of [...this.#topology.topics, this.#deadLetters]) await this.#openTopic(topic);
    await this.#openParts();
  }

  async #openTopic(topic: AnyTopic): Promise<void> {
    this.#log.create(topic.name, topic.partitions ?? this.#partitions);
    await this.#serdes.open(topic);
  }

  async #openParts(): Promise<void> {
    this.#globals = await GlobalFeed.open({
      backbone: this.#log,
      serdes: this.#serdes,
      engine: this.#engine,
      sources: this.#topology.globals,
      onUndecodable: ({ topic, partition, records }, index, error) => {
        const record = records[index]!;
        const letter = deadLetter({ topic, partition, offset: record.offset }, "globals", error, record);
        this.#bury(letter, timeOfLetter(record.timestamp, this.#arrival()));
      },
      arrival: () => this.#arrival(),
    });
    await this.#globals.start();
    const environment: TaskEnvironment = {
      serdes: this.#serdes,
      deadLetters: this.#deadLetters,
      globals: this.#globals.views(),
      open: (topic) => this.#openTopic(topic),
      onHandled: () => undefined,
      arrival: () => this.#arrival(),
    };
    this.#tasks = await openTasks(this.#topology, this.#log, this.#engine, environment);
  }

  #arrival(): Arrival {
    const now = this.#now?.();
    return now === undefined ? unbounded : { now, latest: now, at: now };
  }

  #bury(letter: DeadLetterValue, time: number): void {
    const { name } = this.#deadLetters;
    const key = Buffer.from(letterKey(letter));
    const value = this.#serdes.encode(this.#deadLetters, letter);
    this.#log.append([{ topic: name, partition: 0, timestamp: time, key, value }]);
  }

  /** Event time, ms: the newest of all that was sent or advanced to. */
  get time(): number {
    return this.#time;
  }

  input<V>(topic: Topic<V>): TestInput<V> {
    const encode = ({ value }: TestRecord<V>) => (value === null ? null : this.#serdes.encode(topic, value));
    const queue = async (records: readonly TestRecord<V>[]): Promise<void> => {
      for (const record of records) await this.#append(topic, record, encode(record));
    };
    return {
      queue: (...records) => queue(records),
      send: async (...records) => {
        await queue(records);
        await this.run();
      },
      sendBytes: async (record) => {
        await this.#append(topic, record, record.value);
        await this.run();
      },
    };
  }

  async #append({ name, timestamps }: AnyTopic, record: TestRecord<unknown>, value: Uint8Array | null): Promise<void> {
    const { time = this.#time, headers = {} } = record;
    const key = Buffer.from(record.key);
    const partition = record.partition ?? partitionOf(key, (await this.#log.partitions(name)) ?? 1);
    const timestamp = timestamps === "arrival" ? (this.#now?.() ?? time) : time;
    this.#log.append([{ topic: name, partition, timestamp, key, value, headers }]);
    this.#time = Math.max(this.#time, time);
  }

  output<V>(topic: Topic<V>): TestOutput<V> {
    const known = this.#outputs.get(topic.name);
    if (known !== undefined) return known as TestOutput<V>;
    let next = 0;
    const read = (): Read<V> | undefined => {
      const record = this.#log.appended(topic.name)[next];
      if (record === undefined) return undefined;
      next++;
      const { timestamp: time, headers, partition, offset } = record;
      const key = Buffer.from(record.key ?? []).toString();
      const value = record.value === null ? (null as V) : this.#serdes.decode(topic, record.value);
      return { key, value, time, headers, partition, offset };
    };
    const output: TestOutput<V> = {
      read,
      readAll: () => {
        const all: Read<V>[] = [];
        for (let record = read(); record !== undefined; record = read()) all.push(record);
        return all;
      },
    };
    this.#outputs.set(topic.name, output);
    return output;
  }

  /** Every record that could not be handled so far. */
  deadLetters(): readonly DeadLetterValue[] {
    return this.#log
      .appended(this.#deadLetters.name)
      .map(({ value }) => this.#serdes.decode(this.#deadLetters, value!));
  }

  /** Moves event time through the topology's clock topic: timers up to then fire. */
  async advanceTo(time: number): Promise<void> {
    const { clock, name } = this.#topology;
    if (clock === undefined) {
      throw new StreamsError("TOPOLOGY_INVALID", `topology ${name} has no clock: give it one, or send a later record`);
    }
    await this.input(clock as Topic<{ readonly time: number }>).send({ key: "", value: { time }, time });
  }

  async advanceBy(ms: number): Promise<void> {
    await this.advanceTo(this.#time + ms);
  }

  /** Runs until nothing is left to do. Needed only after `queue`. */
  async run(): Promise<void> {
    for (let busy = true; busy;) {
      busy = false;
      for (const task of this.#tasks) {
        await this.#globals!.reached(await this.#log.offsets(this.#globals!.topics));
        if (!(await runTask(task, this.#log))) continue;
        busy = true;
        this.#log.append(await this.#outbox.address(task.takeOutputs(), 0));
      }
    }
    await this.#globals!.reached(await this.#log.offsets(this.#globals!.topics));
  }

  /** An operator's stored values, of all partitions. */
  state<K extends string, V>(operator: Storing<K, V>, store: K): Pick<Store<V>, "get"> {
    const stores = this.#tasks
      .filter(({ subTopology }) => subTopology.operators.some(({ name }) => name === operator.name))
      .map((task) => task.state.store(`${operator.name}.${store}`, operator.state[store]));
    return { get: (key) => stores.map((held) => held.get(key)).find((value) => value !== undefined) };
  }

  /** A global as operators see it. Feed it through the input of its topic. */
  global<View>(ref: GlobalRef<View>): View {
    return this.#globals!.views()[ref.name] as View;
  }

  /** As after a crash: opens every task and global again from the last commit. */
  async restart(): Promise<void> {
    await this.close();
    await this.#openParts();
  }

  async close(): Promise<void> {
    await this.#globals?.close();
    for (const task of this.#tasks) await task.state.close();
  }
}
