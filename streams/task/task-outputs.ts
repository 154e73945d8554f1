import type { Headers } from "../backbone/backbone.ts";
import { badTime, isEventTime, SOURCE_HEADER } from "../backbone/event-time.ts";
import { textOf } from "../bytes.ts";
import { StreamsError } from "../errors.ts";
import type { AnyOperator, Emitted, Origin, Reply, ReplyRule, StreamRecord } from "../operator.ts";
import { withPlace } from "../place.ts";
import { replyAddress } from "../request-reply/headers.ts";
import { ReplyGate } from "../request-reply/reply-gate.ts";
import type { Topology } from "../topology/topology.ts";
import type { AnyTopic } from "../topic.ts";
import type { DeadLetterValue } from "./dead-letter.ts";
import type { Queued } from "./input.ts";
import { outgoingLetter, type LetterParts, type Output } from "./output.ts";
import { mostBytes, type RecordRoom } from "./record-room.ts";
import type { SeriesOf } from "../metrics/series.ts";
import type { TaskEnvironment } from "./task-environment.ts";
import type { Timeline } from "./timelines.ts";
import { hasCode } from "../coded-error.ts";

const noLetters: readonly DeadLetterValue[] = [];

type Rules = Readonly<Record<string, ReplyRule | undefined>> | undefined;

/** The records that a task has written and not yet handed over, and those on their way from one of its operators to another. */
export class TaskOutputs {
  readonly #topology: Topology;
  readonly #partition: number;
  readonly #environment: TaskEnvironment;
  readonly #room: RecordRoom;
  readonly #letters: LetterParts;
  readonly #changelog: string;
  readonly #gate: ReplyGate;
  readonly #seriesOf: SeriesOf;
  /** Topics that tasks read: records written to them name the feed whose time they move. */
  readonly #read: ReadonlySet<string>;
  #outputs: Output[] = [];
  /** Those among the outputs, with their places there. */
  #buried: { readonly at: number; readonly letter: DeadLetterValue }[] = [];
  /** Those among the outputs that were taken last. */
  #takenLetters: readonly DeadLetterValue[] = noLetters;
  /** Records for operators of this task, by topic. */
  readonly edges = new Map<string, StreamRecord<unknown>[]>();
  /** The operator at work, for the dead letters. */
  at = "";
  /** Of the batch's first record, or of the timer at work. */
  line: Timeline;
  /** Of the batch's first record; ms of the monotonic clock. */
  fetchedAt: number | undefined;

  constructor(
    topology: Topology,
    changelog: string,
    partition: number,
    environment: TaskEnvironment,
    room: RecordRoom,
    line: Timeline,
  ) {
    this.#topology = topology;
    this.#changelog = changelog;
    this.#partition = partition;
    this.#environment = environment;
    this.#room = room;
    this.#letters = { ...environment, room };
    this.#seriesOf = environment.seriesOf ?? noSeries;
    this.#gate = new ReplyGate(topology, environment.deadLetters);
    this.#read = new Set(topology.subTopologies.flatMap(({ sources }) => sources.map(({ name }) => name)));
    this.line = line;
  }

  /** Marks this moment, for `undo`. */
  mark(): number {
    return this.#outputs.length;
  }

  /** Forgets all that was written since the mark. */
  undo(mark: number): void {
    this.#outputs.length = mark;
    while (this.#buried.length > 0 && this.#buried.at(-1)!.at >= mark) this.#buried.pop();
    this.edges.clear();
  }

  /** The timeline of a record; without one, that of the records at work. */
  lineOf(from: StreamRecord<unknown> | undefined): Timeline {
    return (from as Partial<Queued> | undefined)?.line ?? this.line;
  }

  /** Keeps a record for its topic, or for the operators of this task that read it. */
  emit(declared: AnyTopic, record: Emitted<unknown>): void {
    const { key, value, time, from } = record;
    const line = this.lineOf(from);
    const headers = this.#headersOf(record, line, declared);
    if (!isEventTime(time)) throw badTime(time, `the time of a record for ${declared.name}`);
    if (this.#topology.memoryEdges.has(declared.name)) {
      const origin = from?.origin ?? { topic: declared.name, partition: this.#partition, offset: -1 };
      const passed = { key, value, time, headers, origin, raw: (from as Partial<Queued> | undefined)?.raw, line };
      const edge = this.edges.get(declared.name);
      if (edge === undefined) this.edges.set(declared.name, [passed]);
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
      fetchedAt: this.fetchedAt,
      measured: topic.measured === true,
      series: this.#seriesOf[declared.name]?.(value, topic.name),
      request: undefined,
    });
  }

  /** Records written from a feed's records to topics that tasks read name the feed. */
  #headersOf({ headers, from }: Emitted<unknown>, line: Timeline, { name }: AnyTopic): Headers {
    const given = headers ?? from?.headers ?? noHeaders;
    if (line.headers === undefined || !this.#read.has(name) || given[SOURCE_HEADER] !== undefined) return given;
    return given === noHeaders ? line.headers : { ...given, ...line.headers };
  }

  /**
   * Writes a dead letter for a record that can't be used. A request gets its reply beside it, by the one of the operators
   * that answers such requests.
   */
  refuse(operators: readonly AnyOperator[], record: RefusedRecord, by: string, error: unknown): void {
    const { raw, origin, time, key = textOf(raw.key) } = record;
    this.bury(origin, by, error, time, raw);
    const operator = operators.find(({ refuses }) => refuses?.topic.name === origin.topic);
    if (operator === undefined) return;
    const { output, reply } = operator.refuses!;
    const request = { key, value: undefined, time, headers: raw.headers, origin, raw };
    const message = error instanceof Error ? error.message : String(error);
    this.reply(operator, output, request, { key, value: reply(key, message), time });
  }

  /** Keeps the reply to a request that asked for one. */
  reply(operator: AnyOperator, output: string, request: StreamRecord<unknown>, reply: Reply<unknown>): void {
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
        fetchedAt: this.fetchedAt,
        measured: false,
        series: this.#seriesOf[declared.name]?.(reply.value, declared.name),
        request: { origin, operator: operator.name, raw, elsewhere },
      });
    } catch (error) {
      // The asker chose the topic and the headers: if they are refused, that concerns the reply alone.
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
    this.#room.check({ by: `operator ${this.at}`, topic, key, value, headers });
  }

  /** Throws `RECORD_TOO_LARGE` if the changelog does not take the timer. */
  checkTimer({ name }: AnyOperator, key: string): void {
    if (mostBytes(key, TIMER_BYTES, noHeaders) <= this.#room.smallest) return;
    const value = TIMER_BYTES + Buffer.byteLength(name);
    this.#room.check({ by: `a timer of operator ${name}`, topic: this.#changelog, key, value, headers: noHeaders });
  }

  /** Writes a record to another partition of its topic, as it was read, with its former place. */
  passOn({ key, time, headers: given, origin, raw }: Queued, partition: number): void {
    const { topic } = origin;
    const headers = withPlace(given, origin.partition, origin.offset);
    try {
      this.at = "repartition";
      this.#checkRoom(topic, key, raw.value!, headers);
    } catch (error) {
      return this.bury(origin, this.at, error, time, raw);
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
      measured: false,
      series: undefined,
      request: undefined,
    });
  }

  /** Writes a dead letter. */
  bury(origin: Origin, operator: string, error: unknown, time: number, raw?: Queued["raw"]): void {
    const { letter, output } = outgoingLetter(this.#letters, origin, operator, error, time, raw);
    this.#buried.push({ at: this.#outputs.length, letter });
    this.#outputs.push(output);
  }

  /** The outputs since the last call. */
  take(): readonly Output[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    this.#takenLetters = this.#buried.length === 0 ? noLetters : this.#buried.map(({ letter }) => letter);
    if (this.#buried.length > 0) this.#buried = [];
    return outputs;
  }

  /** The dead letters among the outputs that were taken last. */
  get takenLetters(): readonly DeadLetterValue[] {
    return this.#takenLetters;
  }
}

/** A record that can't be used; `key` is the one that its value names, if it can be read. */
type RefusedRecord = Pick<Queued, "raw" | "origin" | "time"> & { readonly key?: string };

const noHeaders: Headers = Object.freeze({});
const noSeries: SeriesOf = Object.freeze({});
/** Bytes added to an encoded record: the header of a measured one. */
const ADDED_BYTES = 64;
/** Of a timer in the changelog, beside its operator's name and its key. */
const TIMER_BYTES = 64;

/** The topic that is meant of a family; anything else would be a way to any topic. */
function memberOf(family: AnyTopic, topic: AnyTopic): AnyTopic {
  if (family.family === true && topic.name.startsWith(`${family.name}.`)) return topic;
  throw new StreamsError("TOPOLOGY_INVALID", `${topic.name} is not one of the topics ${family.name}.*`);
}
