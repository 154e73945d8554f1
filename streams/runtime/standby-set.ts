import type { Backbone, Fetch, Position, Reader, TopicPartition } from "../backbone/backbone.ts";
import { TopicView } from "../backbone/topic-view.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Outage, Outages } from "../outage.ts";
import type { Change, StateDatabase, StateEngine } from "../state/engine.ts";
import { readCheckpoint, restoreChanges } from "../state/checkpoint.ts";
import type { SubTopology, Topology } from "../topology/topology.ts";
import { openOrDestroy } from "../state/open-state.ts";
import { changeOf } from "./changelog/changelog-record.ts";

export interface StandbySetOptions {
  readonly topology: Topology;
  readonly backbone: Backbone;
  readonly engine: StateEngine;
  readonly metrics: Metrics;
  readonly outages: Outages;
}

const POLL_MS = 1_000;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

interface Round {
  readonly databases: ReadonlyMap<string, StateDatabase>;
  readonly reader: Reader;
  stopped: boolean;
  running: Promise<void>;
}

/**
 * State of other instances' tasks, kept up to date from their changelogs, so that this instance can take them over
 * after little reading. A failed standby is behind and tries again: nothing else depends on it.
 */
export class StandbySet {
  readonly #options: StandbySetOptions;
  readonly #outage: Outage;
  #retryMs = FIRST_RETRY_MS;
  #tasks: ReadonlyMap<string, TopicPartition> = new Map();
  #round: Round | undefined;
  #retry: NodeJS.Timeout | undefined;
  #changing: Promise<void> = Promise.resolve();
  #spread: ReadonlyMap<string, number> = new Map();

  constructor(options: StandbySetOptions) {
    this.#options = options;
    this.#outage = options.outages.of("standby");
  }

  /**
   * Sets the number of partitions over which the state of each sub-topology is spread, from now on. Other partitions
   * have none.
   */
  spreadOver(partitions: ReadonlyMap<string, number>): void {
    this.#spread = partitions;
  }

  /** Keeps the state of the tasks of exactly these input partitions from now on. */
  keep(partitions: readonly TopicPartition[]): Promise<void> {
    return this.#change(() => tasksOf(this.#options.topology, partitions, this.#spread));
  }

  /** The tasks of these partitions are about to run here: when it resolves, their state is closed. */
  release(partitions: readonly TopicPartition[]): Promise<void> {
    const leaving = tasksOf(this.#options.topology, partitions, this.#spread);
    if (![...leaving.keys()].some((name) => this.#tasks.has(name))) return this.#changing;
    return this.#change(() => new Map([...this.#tasks].filter(([name]) => !leaving.has(name))));
  }

  close(): Promise<void> {
    return this.#change(() => new Map());
  }

  #change(next: () => ReadonlyMap<string, TopicPartition>): Promise<void> {
    this.#changing = this.#changing.then(async () => {
      await this.#stop();
      this.#tasks = next();
      this.#options.metrics.standbys.set(this.#tasks.size);
      await this.#start();
    });
    return this.#changing;
  }

  async #start(): Promise<void> {
    if (this.#tasks.size === 0) return this.#outage.givenUp();
    const { backbone, engine } = this.#options;
    const databases = new Map<string, StateDatabase>();
    try {
      const view = await TopicView.of(backbone, [...new Set([...this.#tasks.values()].map(({ topic }) => topic))]);
      for (const name of this.#tasks.keys()) databases.set(name, await this.#openAt(engine, name, view));
      const reader = await backbone.reader(await this.#positions(databases));
      const round: Round = { databases, reader, stopped: false, running: Promise.resolve() };
      this.#round = round;
      round.running = this.#follow(round).catch((error: unknown) => {
        if (!round.stopped) this.#later(error);
      });
    } catch (error) {
      for (const database of databases.values()) await database.close();
      this.#later(error);
    }
  }

  /** State made from another changelog of this name is worthless. */
  async #openAt(engine: StateEngine, name: string, view: TopicView): Promise<StateDatabase> {
    const database = await openOrDestroy(engine, name);
    const { changelogOffset: offset = 0, topicIds } = (await readCheckpoint(database)) ?? {};
    const changelog = this.#tasks.get(name)!;
    const move = view.moveOf({ ...changelog, offset, topicId: topicIds?.[changelog.topic] });
    if (move === undefined || move.reason === "trimmed") return database;
    await database.close();
    await engine.destroy(name);
    return engine.open(name);
  }

  #later(error: unknown): void {
    this.#outage.failed(error);
    this.#retry = setTimeout(() => void this.#change(() => this.#tasks), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }

  #positions(databases: ReadonlyMap<string, StateDatabase>): Promise<Position[]> {
    return Promise.all(
      [...this.#tasks].map(async ([name, changelog]) => {
        const checkpoint = await readCheckpoint(databases.get(name)!);
        return { ...changelog, offset: checkpoint?.changelogOffset ?? 0 };
      }),
    );
  }

  async #follow(round: Round): Promise<void> {
    const names = new Map([...this.#tasks].map(([name, at]) => [`${at.topic}/${at.partition}`, name]));
    while (!round.stopped) {
      for (const fetch of await round.reader.poll(POLL_MS)) {
        const name = names.get(`${fetch.topic}/${fetch.partition}`)!;
        await restoreChanges(round.databases.get(name)!, changesOf(fetch), fetch.records.at(-1)!.offset + 1);
        this.#options.metrics.restored.inc({ task: name }, fetch.records.length);
      }
      this.#outage.ended();
      this.#retryMs = FIRST_RETRY_MS;
    }
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#retry);
    const round = this.#round;
    if (round === undefined) return;
    this.#round = undefined;
    round.stopped = true;
    await round.reader.close().catch(() => undefined);
    await round.running;
    clearTimeout(this.#retry);
    for (const database of round.databases.values()) await database.close();
  }
}

/** By name: the changelog partition of each stateful task that has some of these inputs. */
function tasksOf(
  topology: Topology,
  partitions: readonly TopicPartition[],
  spread: ReadonlyMap<string, number>,
): ReadonlyMap<string, TopicPartition> {
  const stateful = topology.subTopologies.filter((subTopology) => subTopology.stateful);
  return new Map(
    stateful.flatMap(({ name, sources, changelog }: SubTopology) =>
      partitions
        .filter(({ topic }) => sources.some((source) => source.name === topic))
        .filter(({ partition }) => partition < (spread.get(name) ?? Number.POSITIVE_INFINITY))
        .map(({ partition }) => [`${name}-${partition}`, { topic: changelog, partition }] as const),
    ),
  );
}

const changesOf = (fetch: Fetch): Change[] => fetch.records.map(changeOf);
