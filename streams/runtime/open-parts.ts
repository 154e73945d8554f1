import type { GroupListener, GroupReader, Producer, Reader } from "../backbone/backbone.ts";
import { LastingReader } from "../backbone/lasting-reader.ts";
import { GlobalFeed } from "../global/global-feed.ts";
import type { Log } from "../log.ts";
import type { Metrics } from "../metrics/metrics.ts";
import type { Outages } from "../outage.ts";
import type { Arrival } from "../task/arrival.ts";
import type { DeadLetterValue } from "../task/dead-letter.ts";
import type { RecordRoom } from "../task/record-room.ts";
import type { Task } from "../task/task.ts";
import type { ApplicationOptions } from "./application-options.ts";
import type { ArrivalClock } from "./arrival-clock.ts";
import { Committer } from "./commit/committer.ts";
import { openProducers } from "./commit/open-producers.ts";
import { Outbox } from "./commit/outbox.ts";
import type { TransactionalIds } from "./commit/transactional-ids.ts";
import { Letters } from "./letters/letters.ts";
import { readRefused } from "./letters/read-refused.ts";
import { writtenTopics, type TopologyTopics } from "./topics/topics.ts";
import type { MoveReport } from "./topics/topic-moves.ts";
import { TopicWatch } from "./topics/topic-watch.ts";

/** The parts that are open while the application is a member of its group. All are made anew after an error. */
export interface OpenParts {
  readonly watch: TopicWatch;
  readonly globals: GlobalFeed;
  /** Dead letters of records that the globals can't read. */
  readonly letters: Letters;
  readonly clock: Reader | undefined;
  readonly committer: Committer;
  readonly group: GroupReader;
}

/** A membership that is being opened. A part is here before it begins to work, so that it can be closed meanwhile. */
export type Opening = { -readonly [K in keyof OpenParts]?: OpenParts[K] };

/** The parts of the application that outlast its memberships. */
export interface Lasting {
  readonly options: ApplicationOptions;
  readonly transactionalIds: TransactionalIds;
  readonly metrics: Metrics;
  readonly log: Log;
  readonly outages: Outages;
  readonly room: RecordRoom;
  readonly report: MoveReport;
  readonly arrivals: ArrivalClock;
  readonly arrival: () => Arrival;
  readonly onDeadLetter: (letter: DeadLetterValue) => void;
  readonly producerOf: (task: Task) => Producer | undefined;
  /** Called when the globals have been read. */
  readonly onGlobals: (globals: GlobalFeed) => void;
}

/**
 * Joins the group, after the globals have been read.
 * @param former the newest feed so far: tables outlive the topics that they were read from.
 * @param check throws if the application was closed meanwhile.
 */
export async function join(
  open: Opening,
  topics: TopologyTopics,
  lasting: Lasting,
  former: GlobalFeed | undefined,
  listener: Omit<GroupListener, "onTrimmed">,
  check: () => void,
): Promise<void> {
  const { options, report, room, metrics, onDeadLetter, producerOf } = lasting;
  const { id, topology, backbone, delivery, deadLetters, serdes } = options;
  open.watch = new TopicWatch(backbone, topics.known);
  // Before anything is kept: records that the brokers would refuse are then refused at their source.
  await room.learn(backbone, writtenTopics(topology, deadLetters));
  const producers = await openProducers(delivery, id, lasting.transactionalIds, backbone);
  // Records for a task of this topology go to it, even if the topic has more partitions than there are such tasks.
  const spread = topology.subTopologies.flatMap(({ name, sources }) =>
    sources.map((topic) => [topic.name, topics.partitions.get(name)!] as const),
  );
  const outbox = new Outbox(backbone, serdes, deadLetters, room, spread);
  open.committer = new Committer({ ...options, groupId: id, outbox, metrics, onDeadLetter, producerOf }, producers);
  const ends = await backbone.offsets([...new Set(topology.globals.map((source) => source.topic.name))]);
  const tables = new Set(topology.globals.filter(({ kind }) => kind === "table").map(({ topic }) => topic.name));
  open.letters = new Letters({ ...options, ...lasting, outbox, ends, tables });
  open.clock = await openClock(lasting);
  // Known before it has read anything, so that it can be closed meanwhile.
  open.globals = await openGlobals(open, open.letters, lasting, former);
  check();
  await open.globals.start();
  lasting.onGlobals(open.globals);
  check();
  open.group = await backbone.group({
    groupId: id,
    copartitioned: topology.subTopologies.map(({ sources }) => sources.map(({ name }) => name)),
    standbyReplicas: options.standbyReplicas ?? 0,
    memory: options.memberMemory,
    listener: { ...listener, onTrimmed: (trimmed) => report.trimmed(trimmed) },
  });
}

async function openClock({ options, arrivals, outages }: Lasting): Promise<Reader | undefined> {
  const { topology, backbone } = options;
  if (topology.clock === undefined) return undefined;
  const [at] = await backbone.offsets([topology.clock.name]);
  if (topology.clock.timestamps === "arrival") arrivals.open(at!.end);
  const newest = { topic: at!.topic, partition: 0, offset: Math.max(at!.start, at!.end - 1) };
  return LastingReader.open(backbone, [newest], outages.of("clock"));
}

function openGlobals(
  open: Opening,
  letters: Letters,
  { options, report, log, outages, metrics, arrival }: Lasting,
  former: GlobalFeed | undefined,
): Promise<GlobalFeed> {
  const { topology, backbone, engine, history, deadLetters, serdes, foldBytes } = options;
  return GlobalFeed.open({
    backbone,
    serdes,
    engine,
    sources: topology.globals,
    foldBytes,
    former,
    onMove: (move) => report.say(move),
    onTableLost: (topic, kept) => report.tableLost(topic, kept),
    log,
    outages,
    metrics,
    arrival,
    // Places of topics that are shown again as history are not those of the topics.
    ...(history === true ? {} : { refused: (topics) => readRefused(backbone, serdes, deadLetters, topics) }),
    onUndecodable: (fetch, index, error) => letters.add(fetch, index, error),
    onRead: () => letters.store(),
    onFailure: () => open.group?.wake?.(),
  });
}

/** Closes the open parts in the order of their needs. Errors of a part that is gone anyway are ignored. */
export async function leave({ group, clock, globals, letters, committer }: Partial<OpenParts>): Promise<void> {
  for (const part of [group, clock, globals, letters, committer]) await part?.close().catch(() => undefined);
}
