import { badTime } from "../backbone/event-time.ts";
import { inTurn } from "./in-turn.ts";
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
import { CodedError } from "../coded-error.ts";

/** A part of a batch for another attempt: its first record, or timer, failed, and those behind it were not tried. */
export interface Held<T> {
  readonly rest: readonly T[];
  readonly error: CodedError;
  readonly operator: string;
}

/** The records or timers that wait for another attempt; `undefined`: none. */
export type Attempted<T> = Held<T> | undefined;

type AnyContext = Context<Record<string, AnyTopic>, Record<string, never>, Record<string, never>>;
type Handler = (records: readonly StreamRecord<unknown>[], context: AnyContext) => void | Promise<void>;
type Reads = Readonly<Record<string, ((record: StreamRecord<unknown>) => readonly StoreKey[]) | undefined>>;

/** One operator that reads a topic. */
interface Route {
  readonly operator: AnyOperator;
  readonly handler: Handler;
  readonly context: AnyContext;
  readonly hasState: boolean;
  /** The keys that it may read for a record, as the state names them. */
  readonly reads: (record: StreamRecord<unknown>) => readonly (readonly [store: string, key: string])[];
}

/**
 * The operators of one task in the order in which records pass them, with their outputs. A failed batch is undone,
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
  /** By topic. */
  readonly #routes: ReadonlyMap<string, readonly Route[]>;
  /** Turns of the event loop within long work. */
  readonly turns = new Turns();
  /** The operators' outputs. */
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
    this.#routes = routesBy(operators, this.#contexts);
  }

  /** The highest event time that has passed, ms. */
  get streamTime(): number {
    return this.#streamTime;
  }

  advance(time: number): void {
    this.#streamTime = Math.max(this.#streamTime, time);
  }

  /**
   * @param isHopeless records that are not to be tried again: they become dead letters.
   * @returns a promise only if there is something to wait for.
   */
  handle(
    topic: AnyTopic,
    records: readonly Queued[],
    isHopeless: (record: Queued) => boolean = no,
  ): Attempted<Queued> | Promise<Attempted<Queued>> {
    this.outputs.fetchedAt = records[0]!.fetchedAt;
    return this.#attempt(
      records,
      (batch) => {
        this.outputs.line = batch[0]!.line;
        return this.#dispatch(topic.name, batch);
      },
      (record, error) => this.outputs.refuse(this.#operators, record, this.outputs.at, error),
      isHopeless,
    );
  }

  /** @param line whose timers they are. */
  fire(
    timers: readonly OperatorTimer[],
    line: Timeline,
    isHopeless: (timer: OperatorTimer) => boolean = no,
  ): Attempted<OperatorTimer> | Promise<Attempted<OperatorTimer>> {
    return this.#attempt(
      timers,
      (batch) => {
        this.outputs.line = line;
        const fireAll = (): void | Promise<void> => inTurn(batch, (timer) => this.#fireOne(timer));
        const firing = batch.length >= this.#state.loadsFrom ? this.#loadTimers(batch).then(fireAll) : fireAll();
        return firing === undefined ? this.#dispatchEdges() : firing.then(() => this.#dispatchEdges());
      },
      ({ time, key }, error) => {
        const origin = { topic: `timer ${key}`, partition: this.#partition, offset: time };
        this.outputs.bury(origin, this.outputs.at, error, time);
      },
      isHopeless,
    );
  }

  #fireOne(timer: OperatorTimer): void | Promise<void> {
    if (this.turns.over) return this.turns.give().then(() => this.#fireOne(timer));
    const { operator: name, time, key } = timer;
    const operator = this.#operators.find((each) => each.name === name);
    this.outputs.at = name;
    this.advance(time);
    return operator?.onTimer?.({ time, key }, this.#contexts.get(operator)!);
  }

  /** Keeps the work done, or undoes it. */
  #attempt<T>(
    batch: readonly T[],
    work: (batch: readonly T[]) => void | Promise<void>,
    bury: (part: T, error: unknown) => void,
    isHopeless: (part: T) => boolean,
  ): Attempted<T> | Promise<Attempted<T>> {
    const mark = this.outputs.mark();
    const failed = (error: unknown): Attempted<T> | Promise<Attempted<T>> => {
      if (error instanceof CodedError && error.flags.fatal) throw error;
      this.#state.rollback();
      this.outputs.undo(mark);
      if (batch.length > 1) return this.#oneByOne(batch, work, bury, isHopeless);
      const passing = error instanceof CodedError && error.flags.retry;
      if (passing && !isHopeless(batch[0]!)) return { rest: batch, error, operator: this.outputs.at };
      bury(batch[0]!, error);
      return undefined;
    };
    try {
      const working = work(batch);
      if (working !== undefined) return working.then(() => this.#state.accept()).then(nothing, failed);
      this.#state.accept();
      return undefined;
    } catch (error) {
      return failed(error);
    }
  }

  async #oneByOne<T>(
    batch: readonly T[],
    work: (batch: readonly T[]) => void | Promise<void>,
    bury: (part: T, error: unknown) => void,
    isHopeless: (part: T) => boolean,
  ): Promise<Attempted<T>> {
    for (const [at, part] of batch.entries()) {
      if (this.turns.over) await this.turns.give();
      const held = await this.#attempt([part], work, bury, isHopeless);
      if (held !== undefined) return { ...held, rest: batch.slice(at) };
    }
    return undefined;
  }

  #dispatch(topic: string, records: readonly StreamRecord<unknown>[]): void | Promise<void> {
    return inTurn(this.#routes.get(topic) ?? [], (route) => {
      this.outputs.at = route.operator.name;
      if (!route.hasState || records.length < this.#state.loadsFrom) return this.#handOver(route, records);
      return this.#state.load(records.flatMap(route.reads)).then(() => this.#handOver(route, records));
    });
  }

  #handOver(route: Route, records: readonly StreamRecord<unknown>[]): void | Promise<void> {
    const handed = (): void | Promise<void> => {
      this.#environment.onHandled(route.operator.name, records.length);
      return this.#dispatchEdges();
    };
    const working = route.handler(records, route.context);
    return working === undefined ? handed() : working.then(handed);
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

  #dispatchEdges(): void | Promise<void> {
    while (this.outputs.edges.size > 0) {
      const [topic, records] = this.outputs.edges.entries().next().value!;
      this.outputs.edges.delete(topic);
      const working = this.#dispatch(topic, records);
      if (working !== undefined) return working.then(() => this.#dispatchEdges());
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
      open: (topic) => (serdes.isOpen(topic) ? undefined : open(topic)),
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

/** So many keys are read in the background, also of engines that can read within a handler: one by one they would hold up the event loop. */
const LOADED_FROM = 64;
const no = (): boolean => false;
const nothing = (): undefined => undefined;
const ownKey = (operator: AnyOperator, key: string): readonly StoreKey[] =>
  Object.keys(operator.state as Record<string, unknown>).map((store) => [store, key]);

function routesBy(
  operators: readonly AnyOperator[],
  contexts: ReadonlyMap<AnyOperator, AnyContext>,
): ReadonlyMap<string, readonly Route[]> {
  const routes = new Map<string, Route[]>();
  for (const operator of operators) {
    for (const [name, { name: topic }] of Object.entries(operator.in as Record<string, AnyTopic>)) {
      const reads = (operator.reads as Reads | undefined)?.[name] ?? (({ key }) => ownKey(operator, key));
      const route: Route = {
        operator,
        handler: (operator.handlers as Record<string, Handler>)[name]!,
        context: contexts.get(operator)!,
        hasState: Object.keys(operator.state as Record<string, unknown>).length > 0,
        reads: (record) => reads(record).map(([store, key]) => [`${operator.name}.${store}`, key]),
      };
      routes.set(topic, [...(routes.get(topic) ?? []), route]);
    }
  }
  return routes;
}
