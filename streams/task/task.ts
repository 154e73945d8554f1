import type { Fetch, TopicPartition } from "../backbone/backbone.ts";
import type { Origin } from "../operator.ts";
import type { Grounds } from "../state/checkpoint.ts";
import type { TaskState } from "../state/task-state.ts";
import type { OperatorTimer } from "../state/timer-keys.ts";
import type { SubTopology, Topology } from "../topology/topology.ts";
import type { DeadLetterValue } from "./dead-letter.ts";
import { Diversions } from "./diversions.ts";
import { divertedOf, from, isDiverted, ownOf } from "./diverted.ts";
import { Hold } from "./hold.ts";
import { Homes } from "./homes.ts";
import { Input, type InputOptions, type Queued } from "./input.ts";
import { earliest, emptyUpTo, takeRun } from "./merge.ts";
import { OperatorChain, type Attempted } from "./operator-chain.ts";
import type { TaskEnvironment } from "./task-environment.ts";
import type { Output } from "./output.ts";
import { Timelines, type Timeline } from "./timelines.ts";
import { TimerGate } from "./timer-gate.ts";
import { RunLength } from "./turns.ts";

/**
 * One sub-topology over one partition. It merges its inputs by event time, hands runs of records to its operators and
 * collects their outputs. It does no I/O but reading its state; the caller commits outputs and changes of state.
 */
export class Task {
  readonly id: string;
  readonly subTopology: SubTopology;
  readonly partition: number;
  readonly state: TaskState;
  readonly inputs: readonly Input[];
  readonly gate: TimerGate;
  /** The source of its positions and its state. */
  readonly grounds: Grounds;
  readonly #topology: Topology;
  readonly #environment: TaskEnvironment;
  readonly #lines: Timelines;
  readonly #chain: OperatorChain;
  readonly #hold: Hold;
  readonly #diversions: Diversions;
  readonly #runs = new RunLength();
  /** Its timers may wait until a run of records is over. */
  readonly #quiet: boolean;

  /**
   * @param positions starts of its inputs, by `topic/partition`; absent: offset 0.
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
    const timed = subTopology.operators.filter(({ onTimer }) => onTimer !== undefined);
    this.#quiet = timed.length > 0 && timed.every(({ quietTimers }) => quietTimers === true);
    this.#topology = topology;
    this.#environment = environment;
    this.#hold = new Hold(environment);
    this.#lines = new Timelines(state, environment.arrival());
    this.#chain = new OperatorChain(topology, subTopology, partition, state, environment, this.#lines);
    const { partitions, mixed = false } = grounds;
    const homes = partitions === undefined ? undefined : new Homes(partition, partitions);
    this.#diversions = new Diversions(this.#chain.outputs, subTopology, homes);
    const options: InputOptions = { mixed, ...homes?.options };
    const sources = subTopology.sources.map((topic) => {
      const onForeign = (origin: Origin): void => environment.onForeign?.(origin);
      const { onDetour } = environment;
      return new Input(topic, partition, positions[`${topic.name}/${partition}`] ?? 0, this.#lines, {
        ...options,
        ...{ onForeign, onDetour },
      });
    });
    const { clock } = topology;
    const ticks = clock === undefined ? undefined : new Input(clock, 0, 0, this.#lines, { isClock: true });
    this.inputs = ticks === undefined ? sources : [...sources, ticks];
    this.gate = new TimerGate(this.#lines, ticks, this.#quiet ? undefined : environment.isHeld);
  }

  /** The highest event time that has passed, ms. */
  get streamTime(): number {
    return this.#chain.streamTime;
  }

  /** How far each of its timelines has come, ms. */
  get times(): Readonly<Record<string, number>> {
    return this.#lines.times();
  }

  /** How many there are. */
  get timelines(): number {
    return this.#lines.count;
  }

  /** It will ask for nothing before this event time, ms; `undefined` while it has seen nothing. */
  get lowTime(): number | undefined {
    return this.#lines.low();
  }

  /** Whether it stands at a record that is tried again later: a part that its handling needs is away. */
  get resting(): boolean {
    return this.#hold.resting;
  }

  /** History is queued, which a feed has brought. */
  get fed(): boolean {
    return this.inputs.some((input) => input.fed);
  }

  /** Records fetched and not handled. */
  get queued(): number {
    return this.inputs.reduce((sum, input) => sum + input.length, 0);
  }

  input(at: TopicPartition): Input | undefined {
    return this.inputs.find((input) => input.topic.name === at.topic && input.partition === at.partition);
  }

  /**
   * Queues fetched records. A record that can't be decoded, or has no time to be handled at, becomes a dead letter in
   * its turn, in the same commit as the position behind it.
   * @param fetchedAt ms of the monotonic clock.
   * @param buries false: another task buries it, since all of them read the clock.
   */
  add(fetch: Fetch, fetchedAt: number, buries = true): Promise<void> {
    const { serdes, arrival } = this.#environment;
    return this.input(fetch)!.add(fetch, serdes, fetchedAt, arrival(), buries);
  }

  /**
   * Handles queued records, in event-time order, as long as no empty input can still have an earlier one. The event
   * loop has its turn in between.
   * @param endOf the event time, in ms, up to which an empty input has nothing more for now: infinite at its end.
   * @param until ms of the monotonic clock: the rest then stays queued.
   * @returns how many records were handled.
   */
  async process(endOf: (input: Input) => number, until: number = Number.POSITIVE_INFINITY): Promise<number> {
    let handled = 0;
    if (this.#hold.resting) return 0;
    const { turns } = this.#chain;
    turns.begin();
    this.#lines.look(this.#environment.arrival());
    const { held } = this.gate;
    if (this.gate.takeReleased() && !this.#quiet && this.subTopology.stateful) {
      handled++;
      if (await this.#firePassed(held)) return handled;
    }
    for (;;) {
      const inputs = held ? this.gate.passing(this.inputs) : this.inputs;
      const next = earliest(inputs);
      if (next === undefined) break;
      const head = next.head!;
      const end = emptyUpTo(inputs, endOf);
      if (head.time > end) break;
      if (isDiverted(head)) {
        const run = next.take(Number.POSITIVE_INFINITY, (record) => isDiverted(record) && record.time <= end);
        handled += run.length;
        this.#diversions.divert(next.topic, run);
        continue;
      }
      const isTick = next.topic === this.#topology.clock;
      const horizon = Math.min(end, Math.max(head.time, next.lastTime));
      const moved = this.#lines.movedBy(head, isTick);
      if (this.subTopology.stateful && (await this.#fireUntil(head, moved, horizon, held && !isTick))) {
        if (this.#hold.resting) break;
        continue;
      }
      const { diverse } = next;
      const run = takeRun(inputs, next, this.#runs.most, horizon, this.#quiet);
      handled += run.length;
      const began = performance.now();
      const own = diverse ? ownOf(run) : run;
      this.#chain.advance(own.at(-1)!.moves);
      this.#lines.pass(own, moved, isTick);
      const working = isTick ? undefined : this.#handle(next, own);
      const rest = working instanceof Promise ? await working : working;
      if (own.length < run.length) this.#diversions.divert(next.topic, divertedOf(run, rest?.[0]));
      if (isTick) continue;
      if (rest !== undefined) {
        const waiting = own.length === run.length ? rest : from(run, rest[0]!);
        handled -= waiting.length;
        next.putBack(waiting);
        break;
      }
      if (this.#quiet && this.subTopology.stateful && (await this.#firePassed())) break;
      const now = performance.now();
      this.#runs.took(own.length, now - began);
      if (now >= until) break;
      if (turns.over) await turns.give();
    }
    return handled;
  }

  /** @returns the last ones of the records, if they wait for another attempt. */
  #handle(input: Input, records: readonly Queued[]): Waiting | Promise<Waiting> {
    const held = this.#chain.handle(input.topic, records, (record) => this.#hold.isHopeless(nameOf(record)));
    return held instanceof Promise ? held.then((late) => this.#handled(late)) : this.#handled(held);
  }

  #handled(held: Attempted<Queued>): Waiting {
    if (held === undefined) return void this.#hold.off();
    const { rest, error, operator } = held;
    this.#hold.on(nameOf(rest[0]!), error, { ...rest[0]!.origin, operator });
    return rest;
  }

  /** Ends its waits, and closes its state. */
  close(): Promise<void> {
    this.#hold.close();
    return this.state.close();
  }

  /**
   * Fires the timers that are due once the record has moved these timelines, and makes known when the next of all are due, up to `horizon`.
   * @returns whether there were any.
   */
  async #fireUntil(head: Queued, moved: readonly Timeline[], horizon: number, held: boolean): Promise<boolean> {
    for (const line of this.#lines.all) {
      const preparing = this.state.prepareTimers(horizon, line.id);
      if (preparing !== undefined) await preparing;
      line.due = this.state.nextTime(line.id);
      if (held && line.due > line.limit) line.due = Number.POSITIVE_INFINITY;
    }
    let fired = false;
    for (const line of moved) {
      if (line.due > head.moves) continue;
      const timers = this.state.takeTimers(held ? Math.min(head.moves, line.limit) : head.moves, line.id);
      this.state.accept();
      await this.#fire(timers, line);
      fired = true;
      if (this.#hold.resting) break;
    }
    // The line that moves the others goes on up to the first timer of any of those.
    const { general } = this.#lines;
    if (head.line === general)
      general.due = moved.reduce((least, { due }) => Math.min(least, due), Number.POSITIVE_INFINITY);
    return fired;
  }

  /**
   * Fires timers that became due while a run of records was handled. @returns whether the task stands at one that is
   * tried again later.
   */
  async #firePassed(held = false): Promise<boolean> {
    for (const line of this.#lines.all) {
      const until = held ? Math.min(line.time, line.limit) : line.time;
      if (held) await this.state.prepareTimers(until, line.id);
      while (this.state.nextTime(line.id) <= until) {
        const timers = this.state.takeTimers(until, line.id);
        this.state.accept();
        await this.#fire(timers, line);
        if (this.#hold.resting) return true;
      }
    }
    return false;
  }

  async #fire(timers: readonly OperatorTimer[], line: Timeline): Promise<void> {
    const nameOf = ({ operator, time, key }: OperatorTimer): string => `timer ${operator} ${time} ${key}`;
    const held = await this.#chain.fire(timers, line, (timer) => this.#hold.isHopeless(nameOf(timer)));
    if (held === undefined) return this.#hold.off();
    const { rest, error, operator } = held;
    for (const timer of rest) this.state.schedule(timer.operator, timer.time, timer.key, line.id);
    this.state.accept();
    const [{ key, time }] = rest as [OperatorTimer];
    this.#hold.on(nameOf(rest[0]!), error, { timer: key, time, partition: this.partition, operator });
  }

  /** The outputs since the last call. */
  takeOutputs(): readonly Output[] {
    return this.#chain.outputs.take();
  }

  /** The dead letters among the outputs that were taken last: they count once these are stored. */
  get takenLetters(): readonly DeadLetterValue[] {
    return this.#chain.outputs.takenLetters;
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

type Waiting = readonly Queued[] | undefined;

const nameOf = ({ origin }: Queued): string => `${origin.topic}/${origin.partition}@${origin.offset}`;
