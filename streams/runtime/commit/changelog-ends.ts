import type { Backbone } from "../../backbone/backbone.ts";
import type { Task } from "../../task/task.ts";

/**
 * The ends of tasks' changelogs when they were asked for last. A stale end only makes a later restore read more, and
 * brokers say with each write how far it went: they are asked once.
 */
export class ChangelogEnds {
  readonly #backbone: Pick<Backbone, "kind" | "offsets">;
  readonly #ends = new Map<string, number>();

  constructor(backbone: Pick<Backbone, "kind" | "offsets">) {
    this.#backbone = backbone;
  }

  /** 0: it is not known. */
  readonly of = (task: Task): number => this.#ends.get(task.id) ?? 0;

  async refresh(tasks: readonly Task[]): Promise<void> {
    const stateful = tasks.filter(({ subTopology }) => subTopology.stateful);
    const asked = this.#backbone.kind === "embedded" ? stateful : stateful.filter(({ id }) => !this.#ends.has(id));
    if (asked.length === 0) return;
    const offsets = await this.#backbone.offsets([...new Set(asked.map(({ subTopology }) => subTopology.changelog))]);
    for (const { id, subTopology, partition } of asked) {
      const at = offsets.find((end) => end.topic === subTopology.changelog && end.partition === partition);
      if (at !== undefined) this.#ends.set(id, at.end);
    }
  }

  forget({ id }: Task): void {
    this.#ends.delete(id);
  }
}
