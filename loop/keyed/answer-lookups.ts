import { setTimeout as delay } from "node:timers/promises";
import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { answerLookup, eventWindows, type WindowShares } from "../../operators/index.ts";
import { events, windowAnswers, windowLookups, type WindowsAsked } from "../../schemas/index.ts";
import {
  memberMemoryIn,
  reasonOf,
  replyAddress,
  Sender,
  type Application,
  type Backbone,
  type GroupReader,
  type Log,
  type LogRecord,
  type Serdes,
  type TopicPartition,
} from "../../streams/index.ts";
import type { Running } from "../running.ts";

export interface AnswerOptions {
  readonly id: string;
  readonly stateDir: string;
  readonly backbone: Backbone;
  readonly serdes: Serdes;
  readonly shares: WindowShares;
  /** That folds the events. */
  readonly application: Pick<Application, "global" | "globalsProgress">;
  /** Longest wait until events are read that an answer is to count, ms. */
  readonly patienceMs: number;
  readonly log: Log;
  readonly onFailure: (error: unknown) => void;
}

const POLL_MS = 200;
const LOOK_EVERY_MS = 2;

/**
 * Takes part in the group that shares out the keys, and answers for those of this instance. Lookups from before are left
 * alone: who asked has given up by now.
 */
export async function startAnswers(options: AnswerOptions): Promise<Running> {
  const { id, stateDir, backbone, serdes, shares, onFailure } = options;
  const count = (await backbone.partitions(windowLookups.name))!;
  const held = new Set<number>();
  const hold = (): void => shares.hold(held, count);
  const sender = new Sender(backbone, serdes);
  const group = await backbone.group({
    groupId: `${id}-windows`,
    copartitioned: [[windowLookups.name]],
    memory: memberMemoryIn(`${stateDir}-windows`),
    listener: {
      async assigned(partitions) {
        for (const { partition } of partitions) held.add(partition);
        hold();
        return endsOf(backbone, partitions);
      },
      revoked(partitions) {
        for (const { partition } of partitions) held.delete(partition);
        hold();
        return Promise.resolve();
      },
      onTrimmed: () => undefined,
    },
  });
  const closing = new AbortController();
  const running = answerThem(options, group, sender, closing.signal).catch((error: unknown) => {
    if (!closing.signal.aborted) onFailure(error);
  });
  return {
    async close() {
      closing.abort();
      group.wake?.();
      await running;
      await group.close().catch(() => undefined);
      await sender.close().catch(() => undefined);
    },
  };
}

async function endsOf(backbone: Backbone, partitions: readonly TopicPartition[]) {
  const asked = new Set(partitions.map(({ partition }) => partition));
  const ends = await backbone.offsets([windowLookups.name]);
  return ends
    .filter(({ partition }) => asked.has(partition))
    .map(({ topic, partition, end }) => ({ topic, partition, offset: end }));
}

async function answerThem(
  options: AnswerOptions,
  group: GroupReader,
  sender: Sender,
  signal: AbortSignal,
): Promise<void> {
  const { log } = options;
  while (!signal.aborted) {
    for (const { records } of await group.poll(POLL_MS)) {
      for (const record of records) {
        void answer(options, record, sender, signal).catch((error: unknown) =>
          log.warn({ error: reasonOf(error) }, "a lookup of windows had no answer"),
        );
      }
    }
  }
}

async function answer(
  { serdes, shares, application, patienceMs }: AnswerOptions,
  record: LogRecord,
  sender: Sender,
  signal: AbortSignal,
): Promise<void> {
  const address = replyAddress(record.headers);
  if (record.value === null || address?.topic !== windowAnswers.name) return;
  if (!serdes.knows(record.value)) await serdes.learn(record.value);
  const { lookups, after } = serdes.decode(windowLookups, record.value);
  const isThere = await haveRead(after, application, patienceMs, signal);
  const blueprints = validBlueprints(application.global(blueprintTable));
  const windows = application.global(eventWindows);
  const answerAll = () => lookups.map((lookup) => answerLookup(lookup, blueprints, windows, shares));
  const found = isThere ? await windows.look(answerAll) : lookups.map(() => null);
  const answers = found.map((values) => ({ isKnown: values !== null, values: [...(values ?? [])] }));
  await sender.send(windowAnswers, {
    ...{ key: "", value: { answers }, time: record.timestamp },
    ...{ headers: address.headers, partition: address.partition },
  });
}

/** What the asking instance had read, this one is to have read too: the answer is then what it would have found itself. */
async function haveRead(
  after: WindowsAsked["after"],
  { globalsProgress }: AnswerOptions["application"],
  patienceMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const until = performance.now() + patienceMs;
  const isThere = (): boolean =>
    after.every((offset, partition) => (globalsProgress?.next(events.name, partition) ?? 0) >= offset);
  while (!isThere() && performance.now() < until && !signal.aborted) await delay(LOOK_EVERY_MS);
  return isThere();
}
