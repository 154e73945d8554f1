import { randomUUID } from "node:crypto";
import {
  hasCode,
  readTable,
  StreamsError,
  type Backbone,
  type GlobalTable,
  type GlobalView,
  type RawRecord,
  type TopicTools,
} from "../../streams/index.ts";
import { recordLimits } from "../../schemas/index.ts";
import { backoff } from "./backoff.ts";
import { writeInTurn } from "./write-in-turn.ts";

/** A record of a table as a change leaves it. It replaces the one before and holds all that is to stay of it. */
export interface Written<V> {
  readonly key: string;
  readonly value: V;
  /** Event time, ms. */
  readonly time: number;
}

export interface Change<V, T> {
  /** Stored as one: a reader sees all of them or none. Empty: the table stays as it is. */
  readonly write: readonly Written<V>[];
  readonly result: T;
}

/** On every record that a change wrote, the id of the change: whoever lost sight of its own write finds it by that. */
export const CHANGE_HEADER = "loopstream_change";

/**
 * Makes one ordered change: reads the newest table, asks `change`, writes. No other change of the catalogue, from this process or another one, comes
 * between the reading and the writing: if one does, nothing of this one is stored and `change` is asked again over the newer table. So `change` must
 * have no effect of its own. What it reads of other tables of the catalogue is the newest too.
 *
 * @returns the change's result, once every reader can see what was written. What `change` throws is thrown, and nothing is stored.
 * @throws StreamsError `TIMEOUT` when others have come between for `catalogueChangeMs`; what the backbone says, which then may have stored the change.
 */
export function changeTable<V, T>(
  tools: TopicTools,
  table: GlobalTable<V>,
  change: (now: GlobalView<V>) => Change<V, T> | Promise<Change<V, T>>,
): Promise<T> {
  return inThisProcess(tools.backbone, () => ordered(tools, table, change));
}

const queues = new WeakMap<Backbone, Promise<unknown>>();

/** Changes over one backbone object follow each other, so that they never have to try again because of each other. */
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
  /** The result of an attempt that may have been stored although it failed. */
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

const isPassing = (error: unknown): boolean => error instanceof StreamsError && error.flags.retry;
