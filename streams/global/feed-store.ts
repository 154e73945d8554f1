import type { Change, StateDatabase } from "../state/engine.ts";

// The keys of the globals' database. Those of folds begin with their names, and those of the ledger of parts with \u0003.
const POSITION = "\u0001";
const POSITION_END = "\u0002";
/** Before a topic's name: the id of the topic that its positions are of. */
const TOPIC_ID = "\u0002";
const TOPIC_ID_END = "\u0003";
const HORIZON = "\u0004horizon";
/** Before a fold's name and a part: the part is on disk alone. */
const ON_DISK = "\u0005";

/** How far topics had been read, or written, for the content of the database, by `topic/partition`. */
export async function positionsIn(database: StateDatabase): Promise<Readonly<Record<string, number>>> {
  const entries = await database.range(POSITION, POSITION_END);
  const positions = entries.map(([key, value]) => [key.slice(POSITION.length), numberOf(value)] as const);
  return Object.fromEntries(positions.filter(([at]) => at.includes("/")));
}

/** Ids by topic. */
export async function topicIdsIn(database: StateDatabase): Promise<ReadonlyMap<string, string>> {
  const entries = await database.range(TOPIC_ID, TOPIC_ID_END);
  return new Map(entries.map(([key, id]) => [key.slice(TOPIC_ID.length), Buffer.from(id).toString()]));
}

/** The horizon of the folds, ms; `undefined`: nothing was ever forgotten. */
export async function horizonIn(database: StateDatabase): Promise<number | undefined> {
  const [stored] = await database.getMany([HORIZON]);
  return stored === undefined ? undefined : numberOf(stored);
}

/** Of a part on disk. */
export interface StoredSize {
  readonly entries: number;
  /** Of keys and values. */
  readonly bytes: number;
  /** Set if it was moved, since memory was full: the bound of that time, bytes. */
  readonly movedAt?: number | undefined;
}

/** Sizes of a fold's parts that are on disk alone, by part. */
export async function sizesIn(database: StateDatabase, fold: string): Promise<ReadonlyMap<string, StoredSize>> {
  const prefix = `${ON_DISK}${fold}\0`;
  const entries = await database.range(prefix, `${ON_DISK}${fold}\u0001`);
  return new Map(
    entries.map(([key, value]) => [key.slice(prefix.length), JSON.parse(Buffer.from(value).toString()) as StoredSize]),
  );
}

/** @param size `undefined`: the part is not on disk alone any more. */
export const sizeChange = (fold: string, part: string, size: StoredSize | undefined): Change => [
  `${ON_DISK}${fold}\0${part}`,
  size === undefined ? null : Buffer.from(JSON.stringify(size)),
];

/** @param at `topic/partition`. */
export const positionChange = (at: string, next: number): Change => [POSITION + at, bytesOf(next)];
export const topicIdChange = (topic: string, id: string): Change => [TOPIC_ID + topic, Buffer.from(id)];
export const horizonChange = (time: number): Change => [HORIZON, bytesOf(time)];

const numberOf = (bytes: Uint8Array): number => Number(Buffer.from(bytes).toString());
const bytesOf = (number: number): Uint8Array => Buffer.from(String(number));
