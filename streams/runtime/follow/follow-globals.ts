import type { Backbone } from "../../backbone/backbone.ts";
import { GlobalFeed } from "../../global/global-feed.ts";
import type { GlobalSource } from "../../global-source.ts";
import type { Outages } from "../../outage.ts";
import type { Serdes } from "../../serde/serdes.ts";
import { createMemoryEngine } from "../../state/memory-engine.ts";
import type { DeadLetterValue } from "../../task/dead-letter.ts";
import type { Topic } from "../../topic.ts";
import { readRefused } from "../letters/read-refused.ts";

export interface FollowOptions {
  readonly backbone: Backbone;
  readonly serdes: Serdes;
  readonly sources: readonly GlobalSource[];
  readonly deadLetters: Topic<DeadLetterValue>;
  readonly outages: Outages;
}

/** Globals that are read in this process, without a task. */
export interface FollowedGlobals {
  /** Views by name, as operators see them. */
  readonly views: Readonly<Record<string, unknown>>;
  /** Throws the error that ended the reading, if any: the globals then stand still. Outages do not end it. */
  check(): void;
  /** Resolves once everything that is on the topics now has been read. */
  caughtUp(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Reads globals into memory, and goes on reading. Resolves once it holds everything that was there at the call. A record that can't
 * be read is left out: the loop buries it.
 */
export async function followGlobals(options: FollowOptions): Promise<FollowedGlobals> {
  const { backbone, serdes, sources, deadLetters, outages } = options;
  const feed = await GlobalFeed.open({
    ...{ backbone, serdes, sources, outages, engine: createMemoryEngine() },
    refused: (topics) => readRefused(backbone, serdes, deadLetters, topics),
    onUndecodable: () => undefined,
  });
  try {
    await feed.start();
  } catch (error) {
    await feed.close().catch(() => undefined);
    throw error;
  }
  const topics = [...new Set(sources.map(({ topic }) => topic.name))];
  return {
    views: feed.views(),
    check: () => feed.check(),
    caughtUp: async () => feed.reached(await backbone.offsets(topics)),
    close: () => feed.close(),
  };
}
