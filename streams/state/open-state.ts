import { isStillThere, type LogHistory } from "../backbone/log-history.ts";
import type { Log } from "../log.ts";
import type { StateDatabase, StateEngine } from "./engine.ts";
import { hasCode } from "../coded-error.ts";

/** Holds the epoch of the log in which a database is kept. Belongs to no store, and lies before all of them. */
const EPOCH = "\u0001log";

export interface OpenStateOptions {
  readonly engine: StateEngine;
  readonly name: string;
  /** Absent: the log never loses its end. */
  readonly history: LogHistory | undefined;
  /** How far the log had to be read for the content of the database, by `topic/partition`. */
  readonly positionsIn: (database: StateDatabase) => Promise<Readonly<Record<string, number>>>;
  readonly log: Log;
}

/**
 * Opens state that was made from the log. It is empty if it can't be read, or if the log has lost a part of its basis.
 * From then on its content belongs to the log's present epoch.
 */
export async function openState(options: OpenStateOptions): Promise<StateDatabase> {
  const { engine, name, history, log } = options;
  const database = await openOrDestroy(engine, name);
  if (history === undefined) return database;
  try {
    if (await standsWith(history, database, options)) return database;
  } catch (error) {
    // It could not be opened again otherwise.
    await database.close().catch(() => undefined);
    if (!hasCode(error, "STATE_CORRUPT")) throw error;
    return openOrDestroy(engine, name);
  }
  log.warn(
    { state: name },
    `${name}: the log has lost records that this state was made from; it is made again from the log`,
  );
  await database.close();
  await engine.destroy(name);
  const empty = await engine.open(name);
  await stamp(empty, history);
  return empty;
}

/** @returns whether the log has all that the database was made from; it then says so itself. */
async function standsWith(
  history: LogHistory,
  database: StateDatabase,
  { positionsIn }: OpenStateOptions,
): Promise<boolean> {
  const [stored] = await database.getMany([EPOCH]);
  const epoch = stored === undefined ? undefined : Buffer.from(stored).toString();
  if (epoch === history.epoch) return true;
  if (!isStillThere(history, epoch, await positionsIn(database))) return false;
  await stamp(database, history);
  return true;
}

const stamp = (database: StateDatabase, { epoch }: LogHistory): Promise<void> =>
  database.write([[EPOCH, Buffer.from(epoch)]]);

/** Unreadable state is as good as lost: the log has it. */
export async function openOrDestroy(engine: StateEngine, name: string): Promise<StateDatabase> {
  try {
    return await engine.open(name);
  } catch (error) {
    if (!hasCode(error, "STATE_CORRUPT")) throw error;
    await engine.destroy(name);
    return engine.open(name);
  }
}
