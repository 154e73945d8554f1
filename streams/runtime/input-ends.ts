import type { PartitionOffsets } from "../backbone/backbone.ts";
import type { GlobalFeed } from "../global/global-feed.ts";
import type { Input } from "../task/input.ts";
import type { ApplicationOptions } from "./application-options.ts";
import type { Marked } from "./topics/detours.ts";
import type { Upstream } from "./upstream.ts";

/** Decides up to which event time an empty input has nothing more to come. */
export class InputEnds {
  readonly #options: Pick<ApplicationOptions, "topology" | "backbone" | "maxTaskIdleMs" | "besideReplies">;
  readonly #upstream: Upstream;

  constructor(
    options: Pick<ApplicationOptions, "topology" | "backbone" | "maxTaskIdleMs" | "besideReplies">,
    upstream: Upstream,
  ) {
    this.#options = options;
    this.#upstream = upstream;
  }

  /** Call it with all tasks before they work: it holds back their timers. @returns whether some were released. */
  holdTimers(tasks: Iterable<Marked>): boolean {
    return this.#upstream.detours?.look(tasks) === true;
  }

  /** First and last offsets of all topics that the application reads. */
  offsets(globals: GlobalFeed): Promise<readonly PartitionOffsets[]> {
    const { topology, backbone } = this.#options;
    const names = topology.subTopologies.flatMap(({ sources }) => sources.map(({ name }) => name));
    const clock = topology.clock === undefined ? [] : [topology.clock.name];
    return backbone.offsets([...new Set([...names, ...globals.topics, ...clock])]);
  }

  /**
   * For an empty input, the event time up to which nothing more is to come for now.
   * @param waited how long tasks have had nothing to do, ms.
   */
  async endOf(globals: GlobalFeed, waited: number): Promise<(input: Input) => number> {
    if (this.#options.besideReplies === true) return this.#upstream.endsNow();
    if (waited >= this.#options.maxTaskIdleMs) return (input) => this.#upstream.endOf(input);
    const offsets = await this.offsets(globals);
    await globals.reached(offsets.filter(({ topic }) => globals.topics.includes(topic)));
    const atEnd = inputsAtEnd(offsets);
    return (input) => (atEnd(input) ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
  }
}

/** Whether an input has been fetched to one of these ends. An empty partition is at its end at any position. */
export function inputsAtEnd(offsets: readonly PartitionOffsets[]): (input: Input) => boolean {
  const ends = new Map(offsets.map((at) => [`${at.topic}/${at.partition}`, at]));
  return ({ topic, partition, fetched }) => {
    const at = ends.get(`${topic.name}/${partition}`);
    return at === undefined || at.end <= at.start || fetched >= at.end;
  };
}
