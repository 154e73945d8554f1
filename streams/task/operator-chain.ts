import { badTime } from "../backbone/event-time.ts";
import { StreamsError } from "../errors.ts";
import type { AnyOperator, Context, StoreKey, StreamRecord } from "../operator.ts";
import type { TaskState } from "../state/task-state.ts";
import type { OperatorTimer } from "../state/timer-keys.ts";
import type { SubTopology, Topology } from "../topology/topology.ts";
import type { AnyTopic } from "../topic.ts";
import type { Queued } from "./input.ts";
import { RecordRoom } from "./record-room.ts";
import type { TaskEnvironment } from "./task-environment.ts";
import { TaskOutputs } from "./task-outputs.ts";
import type { Timeline, Timelines } from "./timelines.ts";
import { Turns } from "./turns.ts";

/** Part of a batch that another attempt may handle: its first record, or timer, failed, and those behind it were not tried. */
export interface Held<T> {
  readonly rest: readonly T[];
  readonly error: StreamsError;
  readonly operator: string;
}

type AnyContext = Context<Record<string, AnyTopic>, Record<string, never>, Record<string, never>>;
type Handler = (records: readonly StreamRecord<unknown>[], context: AnyContext) => void | Promise<void>;
type Reads = Readonly<Record<string, ((record: StreamRecord<unknown>) => readonly StoreKey[]) | undefined>>;

/**
 * The operators of one task in the order records pass them, with what they have written. A batch that fails is undone,
 * state and outputs, and its parts are tried one by one; those that fail alone become dead letters.
 */
export class OperatorChain {
  readonly #operators: readonly AnyOperator[];
  readonly #partition: number;
  readonly #state: TaskState;
  readonly #environment: TaskEnvironment;
  readonly #room: RecordRoom;
  readonly #changelog: string;
  readonly #contexts: ReadonlyMap<AnyOperator, AnyContext>;
  /** Within what takes long. */
  readonly turns = new Turns();
  /** What they have written. */
  readonly outputs: TaskOutputs;
  #streamTime: number;

  constructor(
    topology: Topology,
    { operators, changelog }: SubTopology,
    partition: number,
    state: TaskState,
    environment: TaskEnvironment,
    lines: Timelines,
  ) {
    this.#operators = operators;
    this.#partition = partition;
    this.#state = state;
    this.#environment = environment;
    this.#room = environment.room ?? new RecordRoom();
    this.outputs = new TaskOutputs(topology, changelog, partition, environment, this.#room, lines.general);
    this.#changelog = changelog;
    this.#streamTime = state.checkpoint?.streamTime ?? Number.NEGATIVE_INFINITY;
    this.#contexts = new Map(operators.map((operator) => [operator, this.#context(operator)]));
  }

  /** The highest event time that has passed, ms. */
  get streamTime(): number {
    return this.#streamTime;
  }

  advance(time: number): void {
    this.#streamTime = Math.max(this.#streamTime, time);
  }

  /** @param isHopeless records that are not to be tried again: they become dead letters. */
  async handle(
    topic: AnyTopic,
    records: readonly Queued[],
    isHopeless: (record: Queued) => boolean = no,
  ): Promise<Held<Queued> | undefined> {
    this.outputs.fetchedAt = records[0]!.fetchedAt;
    return this.#attempt(
      records,
      (batch) => {
        this.outputs.line = batch[0]!.line;
        return this.#dispatch(topic, batch);
      },
      ({ origin, raw, time }, error) => this.outputs.bury(origin, this.outputs.at, error, time, raw),
      isHopeless,
    );
  }

  /** @param line whose timers they are. */
  async fire(
    timers: readonly OperatorTimer[],
    line: Timeline,
    isHopeless: (timer: OperatorTimer) => boolean = no,
  ): Promise<Held<OperatorTimer> | undefined> {
    return this.#attempt(
      timers,
      async (batch) => {
        this.outputs.line = line;
        if (this.#state.mustLoad) await this.#loadTimers(batch);
        for (const { operator: name, time, key } of batch) {
          if (this.turns.over) await this.turns.give();
          const operator = this.#operators.find((each) => each.name === name);
          this.outputs.at = name;
          this.advance(time);
          const working = operator?.onTimer?.({ time, key }, this.#contexts.get(operator)!);
          if (working !== undefined) await working;
        }
        await this.#dispatchEdges();
      },
      ({ time, key }, error) => {
        const origin = { topic: `timer ${key}`, partition: this.#partition, offset: time };
        this.outputs.bury(origin, this.outputs.at, error, time);
      },
      isHopeless,
    );
  }

  async #attempt<T>(
    batch: readonly T[],
    work: (batch: readonly T[]) => Promise<void>,
    bury: (part: T, error: unknown) => void,
    isHopeless: (part: T) => boolean,
  ): Promise<Held<T> | undefined> {
    const mark = this.outputs.mark();
    try {
      await work(batch);
      this.#state.accept();
      return undefined;
    } catch (error) {
      if (error instanceof StreamsError && error.flags.fatal) throw error;
      this.#state.rollback();
      this.outputs.undo(mark);
      if (batch.length === 1) {
        const passing = error instanceof StreamsError && error.flags.retry;
        if (passing && !isHopeless(batch[0]!)) return { rest: batch, error, operator: this.outputs.at };
        bury(batch[0]!, error);
        return undefined;
      }
      for (const [at, part] of batch.entries()) {
        if (this.turns.over) await this.turns.give();
        const held = await this.#attempt([part], work, bury, isHopeless);
        if (held !== undefined) return { ...held, rest: batch.slice(at) };
      }
      return undefined;
    }
  }

  async #dispatch(topic: AnyTopic, records: readonly StreamRecord<unknown>[]): Promise<void> {
    for (const operator of this.#operators) {
      for (const [name, input] of Object.entries(operator.in as Record<string, AnyTopic>)) {
        if (input.name !== topic.name) continue;
        this.outputs.at = operator.name;
        if (this.#state.mustLoad) await this.#loadReads(operator, name, records);
        const handler = (operator.handlers as Record<string, Handler>)[name]!;
        await handler(records, this.#contexts.get(operator)!);
        this.#environment.onHandled(operator.name, records.length);
        await this.#dispatchEdges();
      }
    }
  }

  async #loadReads(operator: AnyOperator, input: string, records: readonly StreamRecord<unknown>[]): Promise<void> {
    const reads = (operator.reads as Reads | undefined)?.[input] ?? (({ key }) => ownKey(operator, key));
    await this.#state.load(
      records.flatMap((record) => reads(record).map(([store, key]) => [`${operator.name}.${store}`, key] as const)),
    );
  }

  async #loadTimers(timers: readonly OperatorTimer[]): Promise<void> {
    await this.#state.load(
      timers.flatMap(({ operator: name, time, key }) => {
        const operator = this.#operators.find((each) => each.name === name);
        if (operator === undefined) return [];
        const reads = operator.timerReads?.({ time, key }) ?? ownKey(operator, key);
        return reads.map(([store, of]) => [`${name}.${store}`, of] as const);
      }),
    );
  }

  async #dispatchEdges(): Promise<void> {
    while (this.outputs.edges.size > 0) {
      const [name, records] = this.outputs.edges.entries().next().value!;
      this.outputs.edges.delete(name);
      await this.#dispatch(edgeTopic(this.#operators, name), records);
    }
  }

  #context(operator: AnyOperator): AnyContext {
    const { serdes, globals, open } = this.#environment;
    const state = this.#state;
    const stores = Object.entries(operator.state as Record<string, never>).map(([name, spec]) => [
      name,
      state.store(`${operator.name}.${name}`, spec, this.#room.of(this.#changelog)),
    ]);
    const views = Object.entries(operator.globals as Record<string, { name: string }>).map(([name, ref]) => [
      name,
      globals[ref.name],
    ]);
    const streamTime = (): number => this.#streamTime;
    return {
      emit: (output, record) => this.outputs.emit((operator.out as Record<string, AnyTopic>)[output]!, record),
      reply: (output, request, reply) => this.outputs.reply(operator, output, request, reply),
      open: (topic) => (serdes.isOpen(topic) ? resolved : open(topic)),
      state: Object.fromEntries(stores) as AnyContext["state"],
      load: (keys) =>
        state.mustLoad || keys.length >= LOADED_FROM
          ? state.load(keys.map(([store, key]) => [`${operator.name}.${store}`, key]))
          : undefined,
      globals: Object.fromEntries(views) as AnyContext["globals"],
      schedule: (time, key, from) => {
        if (!Number.isFinite(time)) throw badTime(time, `the time of timer ${key}`);
        this.outputs.checkTimer(operator, key);
        state.schedule(operator.name, time, key, this.outputs.lineOf(from).id);
      },
      cancel: (time, key, from) => {
        const { id, headers } = this.outputs.lineOf(from);
        state.cancel(operator.name, time, key, id);
        // It may have been asked for by a record that named no use case.
        if (id !== "" && headers === undefined) state.cancel(operator.name, time, key);
      },
      reject: (record, error) =>
        this.outputs.bury(record.origin, operator.name, error, record.time, (record as Partial<Queued>).raw),
      get streamTime() {
        return streamTime();
      },
      partition: this.#partition,
    };
  }
}

const resolved = Promise.resolve();
/** So many keys are read in the background, also of engines that can read within a handler: one by one they would hold up the event loop. */
const LOADED_FROM = 64;
const no = (): boolean => false;
const ownKey = (operator: AnyOperator, key: string): readonly StoreKey[] =>
  Object.keys(operator.state as Record<string, unknown>).map((store) => [store, key]);

function edgeTopic(operators: readonly AnyOperator[], name: string): AnyTopic {
  for (const operator of operators) {
    for (const topic of Object.values(operator.out as Record<string, AnyTopic>)) if (topic.name === name) return topic;
  }
  throw new StreamsError("TOPOLOGY_INVALID", `no operator of this task writes edge ${name}`);
}
