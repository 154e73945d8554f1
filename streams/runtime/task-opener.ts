import type { Position, Producer } from "../backbone/backbone.ts";
import type { TopicView } from "../backbone/topic-view.ts";
import { StreamsError } from "../errors.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Origin } from "../operator.ts";
import type { Outages } from "../outage.ts";
import { createMemoryEngine } from "../state/memory-engine.ts";
import type { Checkpoint, Grounds } from "../state/checkpoint.ts";
import { TaskState } from "../state/task-state.ts";
import type { Arrival } from "../task/arrival.ts";
import type { RecordRoom } from "../task/record-room.ts";
import { Task } from "../task/task.ts";
import type { SubTopology } from "../topology/topology.ts";
import type { AnyTopic } from "../topic.ts";
import type { ApplicationOptions } from "./application-options.ts";
import { restoreState } from "./changelog/restore.ts";
import type { Detours } from "./topics/detours.ts";
import type { MoveReport } from "./topics/topic-moves.ts";

export interface TaskOpenerOptions extends Pick<
  ApplicationOptions,
  "id" | "topology" | "backbone" | "serdes" | "engine" | "deadLetters" | "log" | "onRestore" | "seriesOf"
> {
  readonly room: RecordRoom;
  readonly report: MoveReport;
  readonly metrics: Metrics;
  /** Opens the producer of a task, which fences any former one anywhere. Absent: tasks share one. */
  readonly openProducer?: ((taskId: string) => Promise<Producer>) | undefined;
  readonly openTopic: (topic: AnyTopic) => Promise<void>;
  readonly outages: Outages;
  readonly recordPatienceMs: number;
  readonly isReachable: () => Promise<boolean>;
  /** Absent: timers are never held back. */
  readonly detours: Detours | undefined;
  /** The arrival time of records that are read now. */
  readonly arrival: () => Arrival;
}

const CHANGELOG_PATIENCE_MS = 5_000;
const CHANGELOG_RETRY_MS = 20;

/** Opens tasks: the state restored from the changelog, the inputs at their last positions. */
export class TaskOpener {
  readonly #options: TaskOpenerOptions;

  constructor(options: TaskOpenerOptions) {
    this.#options = options;
  }

  /**
   * @param spread number of partitions over which the keys of the state are spread.
   * @param settled the group's positions.
   * @returns the task, and whether its inputs start elsewhere than at their last positions.
   */
  async open(
    declared: SubTopology,
    partition: number,
    spread: number,
    view: TopicView,
    globals: Readonly<Record<string, unknown>>,
    settled?: () => Promise<readonly Position[]>,
  ): Promise<{ readonly task: Task; readonly producer: Producer | undefined; readonly moved: boolean }> {
    const { id, backbone, openProducer } = this.#options;
    const subTopology = shareOf(declared, partition, spread, view);
    // Before anything is read: opening it ends a former owner's open transaction, so that the offsets and the changelog
    // are final.
    const name = `${subTopology.name}/${partition}`;
    const producer = await openProducer?.(`${id}-${name}`);
    const sources = subTopology.sources.map(({ name }) => name);
    const committed = Object.fromEntries(
      (await (settled?.() ?? backbone.committed(id, sources)))
        .filter((at) => at.partition === partition && sources.includes(at.topic))
        .map((at) => [`${at.topic}/${at.partition}`, at.offset]),
    );
    const state = await this.#openStateAt(committed, subTopology, partition, view);
    try {
      return { ...this.#taskOver(state, subTopology, partition, spread, view, globals, committed), producer };
    } catch (error) {
      // It could not be opened again otherwise.
      await state.close();
      await producer?.close().catch(() => undefined);
      throw error;
    }
  }

  #taskOver(
    state: TaskState,
    subTopology: SubTopology,
    partition: number,
    spread: number,
    view: TopicView,
    globals: Readonly<Record<string, unknown>>,
    committed: Readonly<Record<string, number>>,
  ): { readonly task: Task; readonly moved: boolean } {
    const { topology, serdes, deadLetters, room, report, metrics, openTopic, detours } = this.#options;
    const { checkpoint } = state;
    if ((checkpoint?.partitions ?? spread) !== spread) {
      throw spreadOtherwise(subTopology, checkpoint!.partitions!, spread);
    }
    const sources = subTopology.sources.map(({ name }) => name);
    const changelogId = checkpoint?.topicIds?.[subTopology.changelog];
    const isOther = changelogId !== undefined && changelogId !== view.ids[subTopology.changelog];
    const isLost = checkpoint === undefined && Object.values(committed).some((offset) => offset > 0);
    if (subTopology.stateful && (isOther || isLost)) report.stateLost(subTopology.changelog, partition);
    const { positions, moved } = this.#positions(
      subTopology,
      partition,
      { ...committed, ...checkpoint?.positions },
      view,
      checkpoint,
    );
    const wider = new Set(sources.filter((topic) => view.has({ topic, partition: spread })));
    const mixed = checkpoint?.mixed === true || wider.size > 0;
    const ids = [...sources, subTopology.changelog].flatMap((topic) => {
      const topicId = view.ids[topic];
      return topicId === undefined ? [] : [[topic, topicId] as const];
    });
    const grounds: Grounds = {
      partitions: spread,
      ...(mixed ? { mixed } : {}),
      ...(ids.length === 0 ? {} : { topicIds: Object.fromEntries(ids) }),
    };
    const environment = {
      serdes,
      deadLetters,
      room,
      globals,
      open: openTopic,
      onHandled: (operator: string, records: number) => metrics.handled.inc({ operator }, records),
      seriesOf: this.#options.seriesOf,
      onPassedOn: (topic: string) => {
        metrics.passedOn.inc({ topic });
        // Otherwise partitions were added, and the record may lie where its producer should put it.
        if (!wider.has(topic)) metrics.misplaced.inc({ topic });
      },
      onForeign: (origin: Origin) => report.foreign(origin, spread),
      ...(detours === undefined ? {} : { onDetour: () => detours.seen(), isHeld: () => detours.any }),
      arrival: this.#options.arrival,
      outage: this.#options.outages.of("record"),
      recordPatienceMs: this.#options.recordPatienceMs,
      isReachable: this.#options.isReachable,
    };
    const task = new Task(topology, subTopology, partition, state, positions, environment, grounds);
    // At-least-once, a process may have been killed between its changelog and its offsets. Others take these for what is
    // left to do.
    const isBehind = Object.entries(checkpoint?.positions ?? {}).some(
      ([at, offset]) => at in positions && (committed[at] ?? 0) < offset,
    );
    return { task, moved: moved || isBehind };
  }

  /** First positions of its inputs, by `topic/partition`: the last ones, unless the topic has changed. */
  #positions(
    { sources }: SubTopology,
    partition: number,
    remembered: Readonly<Record<string, number>>,
    view: TopicView,
    checkpoint: Checkpoint | undefined,
  ): { readonly positions: Readonly<Record<string, number>>; readonly moved: boolean } {
    const positions: Record<string, number> = {};
    let moved = false;
    for (const { name: topic } of sources) {
      const at = { topic, partition };
      const offset = remembered[`${topic}/${partition}`];
      const move =
        offset === undefined ? undefined : view.moveOf({ ...at, offset, topicId: checkpoint?.topicIds?.[topic] });
      positions[`${topic}/${partition}`] = move?.to ?? offset ?? view.start(at);
      if (move === undefined) continue;
      this.#options.report.say(move);
      moved = true;
    }
    return { positions, moved };
  }

  /**
   * Offsets and changelog belong to the same transactions, but a broker may show the offsets first: then the changelog
   * is read on. If it stays behind, offsets were moved by hand, and the state's own count.
   */
  async #openStateAt(
    committed: Readonly<Record<string, number>>,
    subTopology: SubTopology,
    partition: number,
    view: TopicView,
  ): Promise<TaskState> {
    const deadline = performance.now() + CHANGELOG_PATIENCE_MS;
    for (;;) {
      const state = await this.openState(subTopology, partition, view);
      const stored = state.checkpoint?.positions;
      const behind =
        stored !== undefined && Object.entries(committed).some(([at, offset]) => (stored[at] ?? 0) < offset);
      if (!behind || performance.now() > deadline) return state;
      await state.close();
      await new Promise((resolve) => setTimeout(resolve, CHANGELOG_RETRY_MS));
    }
  }

  /** The state of a task, restored from its changelog. */
  async openState(subTopology: SubTopology, partition: number, view: TopicView): Promise<TaskState> {
    const { backbone, engine, log, metrics, onRestore } = this.#options;
    const name = `${subTopology.name}-${partition}`;
    if (!subTopology.stateful) return new TaskState(await createMemoryEngine().open(name));
    let counted = 0;
    return restoreState(
      backbone,
      engine,
      name,
      { topic: subTopology.changelog, partition },
      (done, total) => {
        metrics.restored.inc({ task: name }, done - counted);
        counted = done;
        onRestore?.({ task: name, done, total });
      },
      log,
      // The embedded log knows its losses itself.
      backbone.history === undefined ? view : undefined,
    );
  }
}

/**
 * The part of a sub-topology that a partition's task runs. A partition that was added later has no state: all its
 * records belong to other tasks, and are passed on.
 */
function shareOf(subTopology: SubTopology, partition: number, spread: number, view: TopicView): SubTopology {
  const sources = subTopology.sources.filter(({ name }) => view.has({ topic: name, partition }));
  if (partition >= spread) return { ...subTopology, sources, operators: [], stateful: false };
  return sources.length === subTopology.sources.length ? subTopology : { ...subTopology, sources };
}

const spreadOtherwise = ({ changelog }: SubTopology, partitions: number, spread: number): StreamsError =>
  new StreamsError(
    "TOPIC_MISMATCH",
    `${changelog} has ${spread} partitions, and the state on it is spread over ${partitions}: it was given partitions, or is being ` +
      `moved. Run loopstream topics repartition --partitions ${spread} with every process of the loop stopped`,
  );
