import type { Backbone } from "../../backbone/backbone.ts";
import type { InputLag } from "../../metrics/metrics.ts";
import { within } from "../../pause.ts";
import type { Task } from "../../task/task.ts";
import type { AnyTopic } from "../../topic.ts";

/** Longest wait for the log's ends, ms: nobody who asks for metrics waits for an outage. */
const PATIENCE_MS = 1_000;

/** Tells how far the inputs of some tasks are behind the log. */
export class Lag {
  readonly #backbone: Pick<Backbone, "offsets">;
  readonly #tasks: Iterable<Task>;
  readonly #clock: AnyTopic | undefined;
  #asking: Promise<readonly InputLag[] | undefined> | undefined;

  /** @param clock a topic that is read by its newest record alone. */
  constructor(backbone: Pick<Backbone, "offsets">, tasks: Iterable<Task>, clock: AnyTopic | undefined) {
    this.#backbone = backbone;
    this.#tasks = tasks;
    this.#clock = clock;
  }

  /** Records on the log that are not handled, input by input. `undefined`: the log gives no answer within a second. */
  async now(): Promise<readonly InputLag[] | undefined> {
    // A question that is still under way is not asked again.
    this.#asking ??= this.#ask()
      .catch(() => undefined)
      .finally(() => (this.#asking = undefined));
    return within(PATIENCE_MS, this.#asking, () => undefined);
  }

  async #ask(): Promise<readonly InputLag[]> {
    const inputs = [...this.#tasks].flatMap((task) => task.inputs.filter(({ topic }) => topic !== this.#clock));
    if (inputs.length === 0) return [];
    const ends = await this.#backbone.offsets([...new Set(inputs.map(({ topic }) => topic.name))]);
    const endOf = new Map(ends.map((at) => [`${at.topic}/${at.partition}`, at]));
    return inputs.map(({ topic: { name: topic }, partition, position }) => {
      const at = endOf.get(`${topic}/${partition}`);
      const records = at === undefined ? 0 : Math.max(0, at.end - Math.max(at.start, position));
      return { topic, partition, records };
    });
  }
}
