import type { Headers } from "../backbone/backbone.ts";
import { badTime, isEventTime } from "../backbone/event-time.ts";
import { hasCode, StreamsError } from "../errors.ts";
import type { AnyOperator, Context, Emitted, Origin, Reply, ReplyRule, StoreKey, StreamRecord } from "../operator.ts";
import type { DeadLetterValue } from "./dead-letter.ts";
import { replyAddress } from "../request-reply/headers.ts";
import { ReplyGate } from "../request-reply/reply-gate.ts";
import type { Serdes } from "../serde/serdes.ts";
import type { TaskState } from "../state/task-state.ts";
import type { OperatorTimer } from "../state/timer-keys.ts";
import type { SubTopology, Topology } from "../topology/topology.ts";
import type { AnyTopic } from "../topic.ts";
import type { Arrival } from "./arrival.ts";
import type { HoldOptions } from "./hold.ts";
import type { Queued } from "./input.ts";
import { letterOutput, type LetterParts, type Output } from "./output.ts";
import { mostBytes, RecordRoom } from "./record-room.ts";
import { withPlace } from "../place.ts";
import { SOURCE_HEADER, type Timeline, type Timelines } from "./timelines.ts";
import { Turns } from "./turns.ts";

export interface TaskEnvironment extends HoldOptions {
  readonly serdes: Serdes;
  readonly deadLetters: AnyTopic;
  /** What each topic takes. Absent: what the runtime does. */
  readonly room?: RecordRoom;
  /** Views of the topology's globals by name. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** Creates a topic and registers its schema. */
  readonly open: (topic: AnyTopic) => Promise<void>;
  readonly onHandled: (operator: string, records: number) => void;
  readonly onDeadLetter: (letter: DeadLetterValue) => void;
  /** The time at which what is read now arrives. */
  readonly arrival: () => Arrival;
  readonly onPassedOn?: (topic: string) => void;
  /** The first record of an input that belongs to another partition. */
  readonly onForeign?: (origin: Origin) => void;
}

/** Part of a batch that another attempt may handle: its first record, or timer, failed, and those behind it were not tried. */
export interface Held<T> {
  readonly rest: readonly T[];
  readonly error: StreamsError;
  readonly operator: string;
}

type AnyContext = Context<Record<string, AnyTopic>, Record<string, never>, Record<string, never>>;
type Handler = (records: readonly StreamRecord<unknown>[], context: AnyContext) => void | Promise<void>;
type Rules = Readonly<Record<string, ReplyRule | undefined>> | undefined;
type Reads = Readonly<Record<string, ((record: StreamRecord<unknown>) => readonly StoreKey[]) | undefined>>;

/**
 * The operators of one task in the order records pass them, with what they have written. A batch that fails is undone,
 * state and outputs, and its parts are tried one by one; those that fail alone become dead letters.
 */
export class OperatorChain {
  readonly #topology: Topology;
  readonly #operators: readonly AnyOperator[];
  readonly #partition: number;
  readonly #state: TaskState;
  readonly #environment: TaskEnvironment;
  readonly #room: RecordRoom;
  readonly #letters: LetterParts;
  readonly #changelog: string;
  readonly #contexts: ReadonlyMap<AnyOperator, AnyContext>;
  /** Within what takes long. */
  readonly turns = new Turns();
  readonly #edges = new Map<string, StreamRecord<unknown>[]>();
  readonly #gate: ReplyGate;
  /** Topics that tasks read: what is written to them says whose time it moves. */
  readonly #read: ReadonlySet<string>;
  /** Of the batch's first record, or of the timer at work. */
  #line: Timeline;
  #outputs: Output[] = [];
  #fetchedAt: number | undefined;
  /** The operator at work, for the dead letters. */
  #at = "";
  #streamTime: number;

  constructor(
    topology: Topology,
    { operators, changelog }: SubTopology,
    partition: number,
    state: TaskState,
    environment: TaskEnvironment,
    lines: Timelines,
  ) {
    this.#line = lines.general;
    this.#read = new Set(topology.subTopologies.flatMap(({ sources }) => sources.map(({ name }) => name)));
    this.#topology = topology;
    this.#operators = operators;
    this.#partition = partition;
    this.#state = state;
    this.#environment = environment;
    this.#room = environment.room ?? new RecordRoom();
    this.#letters = { ...environment, room: this.#room };
    this.#changelog = changelog;
    this.#streamTime = state.checkpoint?.streamTime ?? Number.NEGATIVE_INFINITY;
    this.#gate = new ReplyGate(topology, environment.deadLetters);
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
    this.#fetchedAt = records[0]!.fetchedAt;
    return this.#attempt(
      records,
      (batch) => {
        this.#line = batch[0]!.line;
        return this.#dispatch(topic, batch);
      },
      ({ origin, raw, time }, error) => this.bury(origin, this.#at, error, time, raw),
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
        this.#line = line;
        if (this.#state.mustLoad) await this.#loadTimers(batch);
        for (const { operator: name, time, key } of batch) {
          if (this.turns.over) await this.turns.give();
          const operator = this.#operators.find((each) => each.name === name);
          this.#at = name;
          this.advance(time);
          const working = operator?.onTimer?.({ time, key }, this.#contexts.get(operator)!);
          if (working !== undefined) await working;
        }
        await this.#dispatchEdges();
      },
      ({ time, key }, error) => {
        const origin = { topic: `timer ${key}`, partition: this.#partition, offset: time };
        this.bury(origin, this.#at, error, time);
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
    const mark = this.#outputs.length;
    try {
      await work(batch);
      this.#state.accept();
      return undefined;
    } catch (error) {
      if (error instanceof StreamsError && error.flags.fatal) throw error;
      this.#state.rollback();
      this.#outputs.length = mark;
      this.#edges.clear();
      if (batch.length === 1) {
        const passing = error instanceof StreamsError && error.flags.retry;
        if (passing && !isHopeless(batch[0]!)) return { rest: batch, error, operator: this.#at };
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
        this.#at = operator.name;
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
    while (this.#edges.size > 0) {
      const [name, records] = this.#edges.entries().next().value!;
      this.#edges.delete(name);
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
      emit: (output, record) => this.#emit((operator.out as Record<string, AnyTopic>)[output]!, record),
      reply: (output, request, reply) => this.#reply(operator, output, request, reply),
      open: (topic) => (serdes.isOpen(topic) ? resolved : open(topic)),
      state: Object.fromEntries(stores) as AnyContext["state"],
      load: (keys) =>
        state.mustLoad || keys.length >= LOADED_FROM
          ? state.load(keys.map(([store, key]) => [`${operator.name}.${store}`, key]))
          : undefined,
      globals: Object.fromEntries(views) as AnyContext["globals"],
      schedule: (time, key, from) => {
        if (!Number.isFinite(time)) throw badTime(time, `the time of timer ${key}`);
        if (mostBytes(key, TIMER_BYTES, noHeaders) > this.#room.smallest) this.#checkTimer(operator, key);
        state.schedule(operator.name, time, key, this.#lineOf(from).id);
      },
      cancel: (time, key, from) => {
        const { id, headers } = this.#lineOf(from);
        state.cancel(operator.name, time, key, id);
        // It may have been asked for by a record that named no use case.
        if (id !== "" && headers === undefined) state.cancel(operator.name, time, key);
      },
      reject: (record, error) =>
        this.bury(record.origin, operator.name, error, record.time, (record as Partial<Queued>).raw),
      get streamTime() {
        return streamTime();
      },
      partition: this.#partition,
    };
  }

  /** The timeline of a record; without one, of what is at work. */
  #lineOf(from: StreamRecord<unknown> | undefined): Timeline {
    return (from as Partial<Queued> | undefined)?.line ?? this.#line;
  }

  #emit(declared: AnyTopic, record: Emitted<unknown>): void {
    const { key, value, time, from } = record;
    const line = this.#lineOf(from);
    const headers = this.#headersOf(record, line, declared);
    if (!isEventTime(time)) throw badTime(time, `the time of a record for ${declared.name}`);
    if (this.#topology.memoryEdges.has(declared.name)) {
      const origin = from?.origin ?? { topic: declared.name, partition: this.#partition, offset: -1 };
      const passed = { key, value, time, headers, origin, raw: (from as Partial<Queued> | undefined)?.raw, line };
      const edge = this.#edges.get(declared.name);
      if (edge === undefined) this.#edges.set(declared.name, [passed]);
      else edge.push(passed);
      return;
    }
    const topic = record.topic === undefined ? declared : memberOf(declared, record.topic);
    const encoded = this.#environment.serdes.encode(topic, value);
    this.#checkRoom(topic.name, key, encoded, headers);
    this.#outputs.push({
      topic: topic.name,
      partition: undefined,
      key,
      value: encoded,
      time,
      headers,
      fetchedAt: topic.measured === true ? this.#fetchedAt : undefined,
      request: undefined,
    });
  }

  /** What a task reads of a feed's records names the feed. */
  #headersOf({ headers, from }: Emitted<unknown>, line: Timeline, { name }: AnyTopic): Headers {
    const given = headers ?? from?.headers ?? noHeaders;
    if (line.headers === undefined || !this.#read.has(name) || given[SOURCE_HEADER] !== undefined) return given;
    return given === noHeaders ? line.headers : { ...given, ...line.headers };
  }

  #reply(operator: AnyOperator, output: string, request: StreamRecord<unknown>, reply: Reply<unknown>): void {
    const declared = (operator.out as Record<string, AnyTopic>)[output]!;
    const { origin, time } = request;
    const { raw } = request as Partial<Queued>;
    try {
      const address = replyAddress(request.headers);
      if (address === undefined) return;
      const { topic, partition, headers } = address;
      const elsewhere = topic !== declared.name;
      if (elsewhere) this.#checkReply(topic, (operator.replies as Rules)?.[output]);
      const value = this.#environment.serdes.encode(declared, reply.value);
      this.#checkRoom(topic, reply.key, value, headers);
      this.#outputs.push({
        topic,
        partition,
        key: reply.key,
        value,
        time: reply.time,
        headers,
        fetchedAt: undefined,
        request: { origin, operator: operator.name, raw, elsewhere },
      });
    } catch (error) {
      // Whoever asked chose the topic and the headers: what they do not take concerns the reply alone.
      if (!hasCode(error, "REPLY_NOT_ALLOWED") && !hasCode(error, "RECORD_TOO_LARGE")) throw error;
      this.bury(origin, operator.name, error, time, raw);
    }
  }

  #checkReply(topic: string, rule: ReplyRule | undefined): void {
    const problem = this.#gate.problem(topic, rule);
    if (problem === undefined) return;
    throw new StreamsError("REPLY_NOT_ALLOWED", `no reply is written to ${JSON.stringify(topic)}: ${problem}`);
  }

  /** Before a record is kept, so that one that does not fit is undone with its own input alone. */
  #checkRoom(topic: string, key: string, encoded: Uint8Array, headers: Headers): void {
    const value = encoded.length + ADDED_BYTES;
    if (mostBytes(key, value, headers) <= this.#room.smallest) return;
    this.#room.check({ by: `operator ${this.#at}`, topic, key, value, headers });
  }

  #checkTimer({ name }: AnyOperator, key: string): void {
    const value = TIMER_BYTES + Buffer.byteLength(name);
    this.#room.check({ by: `a timer of operator ${name}`, topic: this.#changelog, key, value, headers: noHeaders });
  }

  /** Writes a record to another partition of its topic, as it was read, with the place where it was. */
  passOn({ key, time, headers: given, origin, raw }: Queued, partition: number): void {
    const { topic } = origin;
    const headers = withPlace(given, origin.partition, origin.offset);
    try {
      this.#at = "repartition";
      this.#checkRoom(topic, key, raw.value!, headers);
    } catch (error) {
      return this.bury(origin, this.#at, error, time, raw);
    }
    this.#environment.onPassedOn?.(topic);
    this.#outputs.push({
      topic,
      partition,
      key,
      value: raw.value!,
      time,
      headers,
      fetchedAt: undefined,
      request: undefined,
    });
  }

  /** Writes a dead letter. */
  bury(origin: Origin, operator: string, error: unknown, time: number, raw?: Queued["raw"]): void {
    this.#outputs.push(letterOutput(this.#letters, origin, operator, error, time, raw));
  }

  /** What was written since the last call. */
  takeOutputs(): readonly Output[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    return outputs;
  }
}

const resolved = Promise.resolve();
/** So many keys are read in the background, also of engines that can read within a handler: one by one they would hold up the event loop. */
const LOADED_FROM = 64;
const no = (): boolean => false;
const noHeaders: Headers = Object.freeze({});
/** What is added to a record that was encoded: the header of a measured one. */
const ADDED_BYTES = 64;
/** Of a timer in the changelog, beside its operator's name and its key. */
const TIMER_BYTES = 64;

const ownKey = (operator: AnyOperator, key: string): readonly StoreKey[] =>
  Object.keys(operator.state as Record<string, unknown>).map((store) => [store, key]);

/** The topic that is meant of a family; anything else would be a way to any topic. */
function memberOf(family: AnyTopic, topic: AnyTopic): AnyTopic {
  if (family.family === true && topic.name.startsWith(`${family.name}.`)) return topic;
  throw new StreamsError("TOPOLOGY_INVALID", `${topic.name} is not one of the topics ${family.name}.*`);
}

function edgeTopic(operators: readonly AnyOperator[], name: string): AnyTopic {
  for (const operator of operators) {
    for (const topic of Object.values(operator.out as Record<string, AnyTopic>)) if (topic.name === name) return topic;
  }
  throw new StreamsError("TOPOLOGY_INVALID", `no operator of this task writes edge ${name}`);
}
