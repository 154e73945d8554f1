import type { Trimmed } from "../../backbone/backbone.ts";
import type { Move } from "../../backbone/topic-view.ts";
import type { Log } from "../../log.ts";
import type { Origin } from "../../operator.ts";
import type { Metrics } from "../../metrics/metrics.ts";

/** Reports moved positions, in the log and as metrics. */
export class MoveReport {
  readonly #log: Log;
  /** Topics with records in other partitions than their keys'. */
  readonly #mixed = new Set<string>();
  readonly #metrics: Pick<Metrics, "positionsReset" | "offsetsLost" | "stateLost">;

  constructor(log: Log, metrics: Pick<Metrics, "positionsReset" | "offsetsLost" | "stateLost">) {
    this.#log = log;
    this.#metrics = metrics;
  }

  say({ reason, ...move }: Move): void {
    if (reason === "trimmed") return this.trimmed(move);
    const { topic, partition, from, to, end } = move;
    this.#metrics.positionsReset.inc({ topic, reason });
    const what =
      reason === "madeAnew"
        ? "was deleted and made anew"
        : "ends before the position that was reached: it was made anew, or has lost its end";
    this.#log.warn(
      { topic, partition, reason, position: from, start: to, end },
      `${topic}/${partition} ${what}; it is read from its start, at offset ${to}, instead of ${from}`,
    );
  }

  /** A table's topic was made anew. `kept`: this process has read the former topic. */
  tableLost(topic: string, kept: boolean): void {
    this.#metrics.positionsReset.inc({ topic, reason: "madeAnew" });
    const here = kept ? "This process keeps the records it has read, until it ends. " : "";
    this.#log.error(
      { topic, reason: "madeAnew", kept },
      `${topic} was deleted and made anew: its records are gone. ${here}Publish the missing ones again, while some process still knows them`,
    );
  }

  /** Neither the changelog nor this process has the state that was committed. */
  stateLost(changelog: string, partition: number): void {
    this.#metrics.stateLost.inc({ changelog });
    this.#log.error(
      { topic: changelog, partition },
      `${changelog}/${partition} does not have the committed state, and neither has this process: everything remembered is gone ` +
        "(answers, open decisions). It goes on from the committed positions; rows of decisions that were open come from loopstream replay",
    );
  }

  /** A record lies in another partition than its key's. Said once a topic: it is mended, and tasks come and go. */
  foreign({ topic, partition, offset }: Origin, partitions: number): void {
    if (this.#mixed.has(topic)) return;
    this.#mixed.add(topic);
    this.#log.warn(
      { topic, partition, offset, partitions },
      `${topic} has records in other partitions than their keys', the first at ${topic}/${partition}/${offset}: they are passed on. ` +
        `Partitions were added, or a producer does not partition by murmur2 over ${partitions}`,
    );
  }

  trimmed({ topic, partition, from, to }: Trimmed): void {
    this.#metrics.offsetsLost.inc({ topic }, to - from);
    this.#log.warn(
      { topic, partition, reason: "trimmed", position: from, start: to, lostOffsets: to - from },
      `${topic}/${partition} was trimmed past the position that was reached: ${to - from} offsets from ${from} on were never read; it is read on from ${to}`,
    );
  }
}
