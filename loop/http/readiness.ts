import { decisionRequests, recordLimits } from "../../schemas/index.ts";
import { within } from "../../streams/index.ts";
import type { Readiness } from "../../http/index.ts";
import type { Place } from "../start.ts";

/** A probe has its answer by then, whatever the log does; ms. */
const PATIENCE_MS = 2_000;

/** Whether decisions can be asked in this process. */
export class Gauge {
  readonly #group: string;

  constructor(group: string) {
    this.#group = group;
  }

  async read(place: Place | undefined): Promise<Readiness> {
    if (place === undefined) return notReady("another process has ended, and its work is being taken over");
    const { loop } = place;
    const progress = loop?.application.globalsProgress;
    const joined = loop === undefined ? null : progress !== undefined;
    const restoring = place.restoring?.() ?? 0;
    const windowRecordsLeft = progress?.leftToFill ?? 0;
    const lag = await this.#lag(place);
    const waitsFor = [
      ...(joined === false ? ["this process is no member of the loop's group"] : []),
      ...(restoring > 0 ? [`the state of ${restoring} tasks is being restored`] : []),
      ...(windowRecordsLeft > 0 ? [`${windowRecordsLeft} retained records are to be read for event windows`] : []),
      ...(lag === null ? ["the log does not answer"] : []),
      ...((lag ?? 0) > recordLimits.httpReadyLag ? [`${lag} requests wait for a task`] : []),
    ];
    return { ready: waitsFor.length === 0, waitsFor, joined, restoring, windowRecordsLeft, lag };
  }

  /** Requests behind the committed positions of the group; null: the log does not tell in time. */
  async #lag({ connection: { backbone } }: Place): Promise<number | null> {
    const topics = [decisionRequests.name];
    const asked = Promise.all([backbone.offsets(topics), backbone.committed(this.#group, topics)]);
    const told = await inTime(asked, PATIENCE_MS);
    if (told === undefined) return null;
    const [ends, committed] = told;
    const next = new Map(committed.map(({ partition, offset }) => [partition, offset]));
    return ends.reduce((sum, { partition, start, end }) => {
      return sum + Math.max(0, end - Math.max(start, next.get(partition) ?? start));
    }, 0);
  }
}

/** `undefined`: it was late, or failed. */
function inTime<T>(work: Promise<T>, ms: number): Promise<T | undefined> {
  return within(
    ms,
    work.catch(() => undefined),
    () => undefined,
  );
}

const notReady = (reason: string): Readiness => ({
  ...{ ready: false, waitsFor: [reason], joined: false, restoring: 0, windowRecordsLeft: 0, lag: null },
});
