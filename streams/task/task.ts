import type { Fetch, Headers, TopicPartition } from "../backbone/backbone.ts";
import { StreamsError } from "../errors.ts";
import type { AnyOperator, Context, Emitted, StreamRecord } from "../operator.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { OperatorTimer, TaskState } from "../state/task-state.ts";
import type { SubTopology, Topology } from "../topology/topology.ts";
import type { AnyTopic } from "../topic.ts";
import { deadLetter } from "./dead-letter.ts";
import { Input, type Queued } from "./input.ts";

/** An encoded record on its way out. */
export interface Output {
  readonly topic: string;
  readonly partition: number | undefined;
  readonly key: string;
  readonly value: Uint8Array;
  readonly time: number;
  readonly headers: Headers;
  /** Set for measured topics: when the input was fetched. */
  readonly fetchedAt: number | undefined;
}

export interface TaskEnvironment {
  readonly serdes: Serdes;
  readonly deadLetters: AnyTopic;
  /** Views of the topology's globals by name. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** Creates a topic and registers its schema. */
  readonly open: (topic: AnyTopic) => Promise<void>;
  readonly onHandled: (operator: string, records: number) => void;
  readonly onDeadLetter: (code: string) => void;
}

/** Most records a handler is given at once. */
const MOST_RECORDS = 1_024;

type AnyContext = Context<Record<string, AnyTopic>, Record<string, never>, Record<string, never>>;

/**
 * One sub-topology over one partition. It merges its inputs by event time, hands runs of records to its operators and
 * collects what they write. It does no I/O but reading its state; `outputs` and the state's changes are the caller's to commit.
 */
export class Task {
  readonly id: string;
  readonly subTopology: SubTopology;
  readonly partition: number;
  readonly state: TaskState;
  readonly inputs: readonly Input[];
  readonly #environment: TaskEnvironment;
  readonly #topology: Topology;
  readonly #contexts: ReadonlyMap<AnyOperator, AnyContext>;
  #outputs: Output[] = [];
  #edges = new Map<string, StreamRecord<unknown>[]>();
  #streamTime: number;
  #fetchedAt: number | undefined;

  constructor(
    topology: Topology,
    subTopology: SubTopology,
    partition: number,
    state: TaskState,
    positions: Readonly<Record<string, number>>,
    environment: TaskEnvironment,
  ) {
    this.id = `${subTopology.name}/${partition}`;
    this.#topology = topology;
    this.subTopology = subTopology;
    this.partition = partition;
    this.state = state;
    this.#environment = environment;
    this.#streamTime = state.checkpoint?.streamTime ?? Number.NEGATIVE_INFINITY;
    this.inputs = subTopology.sources.map(
      (topic) => new Input(topic, partition, positions[`${topic.name}/${partition}`] ?? 0),
    );
    if (topology.clock !== undefined) this.inputs = [...this.inputs, new Input(topology.clock, 0, 0)];
    this.#contexts = new Map(subTopology.operators.map((operator) => [operator, this.#context(operator)]));
  }

  get streamTime(): number {
    return this.#streamTime;
  }

  /** Records fetched and not handled. */
  get queued(): number {
    return this.inputs.reduce((sum, input) => sum + input.length, 0);
  }

  input(at: TopicPartition): Input | undefined {
    return this.inputs.find((input) => input.topic.name === at.topic && input.partition === at.partition);
  }

  async add(fetch: Fetch, fetchedAt: number): Promise<void> {
    const bad = await this.input(fetch)!.add(fetch, this.#environment.serdes, fetchedAt);
    for (const { record, error } of bad) {
      const origin = { topic: fetch.topic, partition: fetch.partition, offset: record.offset };
      this.#bury(deadLetter(origin, this.subTopology.name, error, record), record.timestamp);
    }
  }

  /**
   * Handles what is queued, in event-time order, as long as every empty input is known to be at its end.
   * @returns how many records were handled.
   */
  async process(atEnd: (input: Input) => boolean): Promise<number> {
    let handled = 0;
    for (;;) {
      if (this.inputs.some((input) => input.length === 0 && !atEnd(input))) break;
      const next = this.#earliest();
      if (next === undefined) break;
      const time = next.head!.time;
      const horizon = Math.max(time, next.lastTime);
      if (this.subTopology.stateful) {
        await this.state.prepareTimers(horizon);
        if ((this.state.nextTimer()?.time ?? Number.POSITIVE_INFINITY) <= time) {
          await this.#fire(time);
          continue;
        }
      }
      const run = this.#takeRun(next, horizon);
      handled += run.length;
      this.#streamTime = Math.max(this.#streamTime, run.at(-1)!.time);
      this.#fetchedAt = run[0]!.fetchedAt;
      if (next.topic !== this.#topology.clock) await this.#handle(next.topic, run);
    }
    return handled;
  }

  /** The input whose head is the oldest; among equals the one declared first. */
  #earliest(): Input | undefined {
    let earliest: Input | undefined;
    for (const input of this.inputs) {
      if (input.head !== undefined && (earliest === undefined || input.head.time < earliest.head!.time))
        earliest = input;
    }
    return earliest;
  }

  /** Records of one input up to `horizon` that come before those of every other input and before the next timer. */
  #takeRun(from: Input, horizon: number): Queued[] {
    let before = Number.POSITIVE_INFINITY;
    let until = horizon;
    let passed = false;
    for (const input of this.inputs) {
      if (input === from) passed = true;
      else if (input.head !== undefined) {
        if (passed) until = Math.min(until, input.head.time);
        else before = Math.min(before, input.head.time);
      }
    }
    const timer = this.state.nextTimer()?.time ?? Number.POSITIVE_INFINITY;
    return from.take(MOST_RECORDS, ({ time }) => time < before && time <= until && time < timer);
  }

  async #fire(time: number): Promise<void> {
    const timers = this.state.takeTimers(time);
    this.state.accept();
    await this.#fireAll(timers);
  }

  /** As with records: when one throws, or what reads its output does, the batch is undone and its timers are tried one by one. */
  async #fireAll(timers: readonly OperatorTimer[]): Promise<void> {
    const mark = this.#outputs.length;
    let at = "";
    try {
      for (const { operator: name, time, key } of timers) {
        const operator = this.subTopology.operators.find((each) => each.name === name);
        at = name;
        this.#streamTime = Math.max(this.#streamTime, time);
        operator?.onTimer?.({ time, key }, this.#contexts.get(operator)!);
      }
      await this.#dispatchEdges((operator) => (at = operator));
      this.state.accept();
    } catch (error) {
      if (isFatal(error)) throw error;
      this.state.rollback();
      this.#outputs.length = mark;
      this.#edges.clear();
      if (timers.length > 1) {
        for (const timer of timers) await this.#fireAll([timer]);
      } else {
        const [{ time, key }] = timers as readonly [OperatorTimer];
        const origin = { topic: `timer ${key}`, partition: this.partition, offset: time };
        this.#bury(deadLetter(origin, at, error), time);
      }
    }
  }

  async #handle(topic: AnyTopic, run: readonly Queued[]): Promise<void> {
    const mark = this.#outputs.length;
    let operator = "";
    try {
      await this.#dispatch(topic, run, (name) => (operator = name));
      this.state.accept();
    } catch (error) {
      if (isFatal(error)) throw error;
      this.state.rollback();
      this.#outputs.length = mark;
      this.#edges.clear();
      if (run.length > 1) {
        for (const record of run) await this.#handle(topic, [record]);
      } else {
        const [record] = run;
        this.#bury(deadLetter(record!.origin, operator, error, record!.raw), record!.time);
      }
    }
  }

  async #dispatch(
    topic: AnyTopic,
    records: readonly StreamRecord<unknown>[],
    at: (operator: string) => void,
  ): Promise<void> {
    for (const operator of this.subTopology.operators) {
      for (const [name, input] of Object.entries(operator.in as Record<string, AnyTopic>)) {
        if (input.name !== topic.name) continue;
        at(operator.name);
        const handler = (operator.handlers as Record<string, Handler>)[name]!;
        await handler(records, this.#contexts.get(operator)!);
        this.#environment.onHandled(operator.name, records.length);
        await this.#dispatchEdges(at);
      }
    }
  }

  async #dispatchEdges(at: (operator: string) => void = () => undefined): Promise<void> {
    while (this.#edges.size > 0) {
      const [name, records] = this.#edges.entries().next().value!;
      this.#edges.delete(name);
      await this.#dispatch(edgeTopic(this.subTopology, name), records, at);
    }
  }

  #context(operator: AnyOperator): AnyContext {
    const { serdes, globals, open } = this.#environment;
    const stores = Object.entries(operator.state as Record<string, never>).map(([name, spec]) => [
      name,
      this.state.store(`${operator.name}.${name}`, spec),
    ]);
    const views = Object.entries(operator.globals as Record<string, { name: string }>).map(([name, ref]) => [
      name,
      globals[ref.name],
    ]);
    const task = this;
    return {
      emit: (output, record) => this.#emit((operator.out as Record<string, AnyTopic>)[output]!, record),
      open: (topic) => (serdes.isOpen(topic) ? resolved : open(topic)),
      state: Object.fromEntries(stores) as AnyContext["state"],
      globals: Object.fromEntries(views) as AnyContext["globals"],
      schedule: (time, key) => this.state.schedule(operator.name, time, key),
      cancel: (time, key) => this.state.cancel(operator.name, time, key),
      reject: (record, error) => {
        const raw = (record as Partial<Queued>).raw;
        this.#bury(deadLetter(record.origin, operator.name, error, raw), record.time);
      },
      get streamTime() {
        return task.#streamTime;
      },
      partition: this.partition,
    };
  }

  #emit(declared: AnyTopic, record: Emitted<unknown>): void {
    const headers = record.headers ?? record.from?.headers ?? {};
    if (record.topic === undefined && this.#topology.memoryEdges.has(declared.name)) {
      const passed: StreamRecord<unknown> & { raw?: unknown } = {
        key: record.key,
        value: record.value,
        time: record.time,
        headers,
        origin: record.from?.origin ?? { topic: declared.name, partition: this.partition, offset: -1 },
        raw: (record.from as Partial<Queued> | undefined)?.raw,
      };
      const edge = this.#edges.get(declared.name);
      if (edge === undefined) this.#edges.set(declared.name, [passed]);
      else edge.push(passed);
      return;
    }
    const topic = typeof record.topic === "object" ? record.topic : declared;
    this.#outputs.push({
      topic: typeof record.topic === "string" ? record.topic : topic.name,
      partition: record.partition,
      key: record.key,
      value: this.#environment.serdes.encode(topic, record.value),
      time: record.time,
      headers,
      fetchedAt: topic.measured === true ? this.#fetchedAt : undefined,
    });
  }

  #bury(letter: ReturnType<typeof deadLetter>, time: number): void {
    const { serdes, deadLetters, onDeadLetter } = this.#environment;
    onDeadLetter(letter.code);
    this.#outputs.push({
      topic: deadLetters.name,
      partition: undefined,
      key: `${letter.topic}/${letter.partition}/${letter.offset}`,
      value: serdes.encode(deadLetters, letter),
      time,
      headers: {},
      fetchedAt: undefined,
    });
  }

  /** What was written since the last call. */
  takeOutputs(): readonly Output[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
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

type Handler = (records: readonly StreamRecord<unknown>[], context: AnyContext) => void | Promise<void>;

const resolved = Promise.resolve();
const isFatal = (error: unknown): boolean => error instanceof StreamsError && (error.flags.fatal || error.flags.retry);

function edgeTopic(subTopology: SubTopology, name: string): AnyTopic {
  for (const operator of subTopology.operators) {
    for (const topic of Object.values(operator.out as Record<string, AnyTopic>)) if (topic.name === name) return topic;
  }
  throw new StreamsError("TOPOLOGY_INVALID", `no operator of ${subTopology.name} writes edge ${name}`);
}
