import type { OutgoingRecord, Producer } from "../../backbone/backbone.ts";
import { partitionOf } from "../../backbone/partitioner.ts";
import type { Change, StateDatabase } from "../../state/engine.ts";
import { readCheckpoint } from "../../state/checkpoint.ts";
import { keeperOf, type Keeper } from "../../state/keeper.ts";
import { StoreSchemas } from "../../state/store-schemas.ts";
import type { StoreSpec } from "../../operator.ts";
import type { SubTopology } from "../../topology/topology.ts";

export interface KeyMoves {
  readonly subTopology: SubTopology;
  /** The state by partition, of all partitions after the change. */
  readonly databases: readonly StateDatabase[];
  readonly producer: Producer;
}

const PAGE = 1_000;
const PAGE_BYTES = 1 << 20;
const LAST_KEY = "\u{10ffff}";

/**
 * Brings every entry of state and every timer to the partition of its key: out of one and into the other in one
 * transaction. If that partition has an entry of the key already, that entry stays and the other goes.
 * @returns how many were moved.
 */
export async function moveKeys(moves: KeyMoves, onProgress: (moved: number) => void): Promise<number> {
  const { subTopology, databases } = moves;
  const operators = new Map(subTopology.operators.map((operator) => [operator.name, operator]));
  const schemas = await Promise.all(
    databases.map(async (database) => StoreSchemas.read(database, (await readCheckpoint(database)) === undefined)),
  );
  const specOf = ({ operator, store }: Keeper): StoreSpec<unknown> | undefined =>
    (operators.get(operator)?.state as Readonly<Record<string, StoreSpec<unknown>>> | undefined)?.[store ?? ""];
  let moved = 0;
  for (const [partition, database] of databases.entries()) {
    for (let from = ""; ;) {
      const page = await database.range(from, LAST_KEY, PAGE);
      const leaving = new Map<number, Change[]>();
      for (const change of page) {
        const keeper = keeperOf(change[0]);
        if (keeper === undefined) continue;
        const operator = operators.get(keeper.operator);
        if (operator?.perPartition === true) continue;
        const key = operator?.recordKey?.(keeper) ?? keeper.key;
        const home = partitionOf(Buffer.from(key), databases.length);
        if (home === partition) continue;
        const list = leaving.get(home);
        if (list === undefined) leaving.set(home, [change]);
        else list.push(change);
      }
      for (const [home, changes] of leaving) {
        const asThere = (some: readonly Change[]): readonly Change[] =>
          some.flatMap((change) => movedChange(change, schemas[partition]!, schemas[home]!, specOf));
        for (const part of inParts(changes)) await moveTo(moves, partition, home, part, asThere);
        moved += changes.length;
      }
      if (leaving.size > 0) onProgress(moved);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) break;
      from = `${last[0]}\0`;
    }
  }
  return moved;
}

function* inParts(changes: readonly Change[]): Generator<readonly Change[]> {
  let part: Change[] = [];
  let bytes = 0;
  for (const change of changes) {
    part.push(change);
    bytes += change[0].length + change[1]!.length;
    if (bytes < PAGE_BYTES) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield part;
}

/** A change as the state of another partition reads it, behind the schemas that this takes. */
function movedChange(
  [key, value]: Change,
  from: StoreSchemas,
  to: StoreSchemas,
  specOf: (keeper: Keeper) => StoreSpec<unknown> | undefined,
): readonly Change[] {
  const keeper = keeperOf(key);
  if (keeper?.store === undefined) return [[key, value]];
  const moved = from.movedTo(to, `${keeper.operator}.${keeper.store}`, value!, specOf(keeper));
  return [...moved.changes, [key, moved.value]];
}

async function moveTo(
  { subTopology, databases, producer }: KeyMoves,
  from: number,
  to: number,
  changes: readonly Change[],
  asThere: (changes: readonly Change[]) => readonly Change[],
): Promise<void> {
  const there = await databases[to]!.getMany(changes.map(([key]) => key));
  const coming = asThere(changes.filter((_, at) => there[at] === undefined));
  const going = changes.map(([key]): Change => [key, null]);
  const record = (partition: number, [key, value]: Change): OutgoingRecord => ({
    topic: subTopology.changelog,
    partition,
    timestamp: 0,
    key: Buffer.from(key),
    value,
  });
  const transaction = await producer.begin();
  await transaction.send([
    ...coming.map((change) => record(to, change)),
    ...going.map((change) => record(from, change)),
  ]);
  await transaction.commit();
  await databases[to]!.write(coming);
  await databases[from]!.write(going);
}
