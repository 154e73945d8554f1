import { randomUUID } from "node:crypto";
import {
  type Backbone,
  CodedError,
  type GlobalTable,
  type GlobalView,
  hasCode,
  type RawRecord,
  readTable,
  StreamsError,
  type TopicTools,
} from "../../streams/index.ts";
import { recordLimits } from "../../schemas/index.ts";
import { backoff } from "./backoff.ts";
import { writeInTurn } from "./write-in-turn.ts";

/**
 * A record that a change writes to a table. It replaces the record before it, so it holds everything that is to stay.
 */
export interface Written<V> {
  readonly key: string;
  readonly value: V;
  /** Event time, ms. */
  readonly time: number;
}

export interface Change<V, T> {
  /** Written as one: a reader sees all of them or none. Empty: the table stays as it is. */
  readonly write: readonly Written<V>[];
  readonly result: T;
}

/**
 * Header of every record that a change wrote: the id of the change. A process that lost the answer to its own write
 * finds the write by it.
 */
export const CHANGE_HEADER = "loopstream_change";

/**
 * Makes one ordered change: reads the newest table, asks `change`, writes. No other change of the catalogue, from this
 * process or another one, comes between the read and the write. If one does, nothing of this change is stored, and
 * `change` is asked again with the newer table. So `change` must have no side effects. Other tables of the catalogue
 * that it reads are the newest too.
 *
 * @returns the change's result, once every reader can see its records. An error of `change` is thrown, and nothing is
 * stored.
 * @throws StreamsError `TIMEOUT` when others have come between for `catalogueChangeMs`; any error of the backbone,
 * after which the change may be stored nevertheless.
 */
export function changeTable<V, T>(
  tools: TopicTools,
  table: GlobalTable<V>,
  change: (now: GlobalView<V>) => Change<V, T> | Promise<Change<V, T>>,
): Promise<T> {
  return inThisProcess(tools.backbone, () => ordered(tools, table, change));
}

const queues = new WeakMap<Backbone, Promise<unknown>>();

/** Changes over one backbone object wait for each other, so they never have to be repeated because of each other. */
function inThisProcess<T>(backbone: Backbone, work: () => Promise<T>): Promise<T> {
  const done = (queues.get(backbone) ?? Promise.resolve()).then(work, work);
  queues.set(backbone, done);
  return done;
}

async function ordered<V, T>(
  tools: TopicTools,
  table: GlobalTable<V>,
  change: (now: GlobalView<V>) => Change<V, T> | Promise<Change<V, T>>,
): Promise<T> {
  const id = randomUUID();
  const deadline = performance.now() + recordLimits.catalogueChangeMs;
  /** The result of a failed attempt whose records may be stored nevertheless. */
  let doubtful: { readonly result: T } | undefined;
  for (let attempt = 0; ; attempt++) {
    const turn = await writeInTurn(tools.backbone, table.topic.name);
    try {
      let isMine = false;
      const now = await readTable(tools.backbone, tools.serdes, table, (record) => (isMine ||= idOf(record) === id));
      if (doubtful !== undefined && isMine) return doubtful.result;
      const { write, result } = await change(now);
      if (write.length === 0) return result;
      const headers = { [CHANGE_HEADER]: Buffer.from(id) };
      const records = await Promise.all(
        write.map((each) => tools.publisher.encode({ topic: table.topic, ...each, headers })),
      );
      doubtful = { result };
      await turn.write(records);
      return result;
    } catch (error) {
      const passes = hasCode(error, "FENCED") || (doubtful !== undefined && isPassing(error));
      if (!passes) throw error;
      if (performance.now() > deadline) {
        throw new StreamsError(
          "TIMEOUT",
          `other processes have changed the ${table.name} before each of ${attempt + 1} attempts of this one: try again when fewer change them`,
          error,
        );
      }
    } finally {
      await turn.end();
    }
    await backoff(attempt);
  }
}

const idOf = ({ headers }: RawRecord): string | undefined => {
  const header = headers[CHANGE_HEADER];
  return header === undefined ? undefined : Buffer.from(header).toString();
};

const isPassing = (error: unknown): boolean => error instanceof CodedError && error.flags.retry;
