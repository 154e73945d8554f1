import { declaredNames, nearest, type Blueprint } from "../../../blueprints/index.ts";
import { events } from "../../../schemas/index.ts";
import type { HistoryLine } from "../lines/history-step.ts";

/** So many names are counted; a file may have as many as it has lines. */
const MOST_KINDS = 1_000;
const MOST_SAID = 20;

/** How many lines there are of each kind that the blueprint does not know: they are kept, for a later version, and count for nothing now. */
export class KindCounts {
  readonly #known: ReadonlySet<string> | null;
  readonly #counts = new Map<string, number>();

  constructor(blueprint: Blueprint) {
    this.#known = declaredNames(blueprint).kinds;
  }

  add(lines: readonly HistoryLine[]): void {
    if (this.#known === null) return;
    for (const { records } of lines) {
      for (const { topic, value } of records) {
        if (topic.name !== events.name) continue;
        const { kind } = value as { readonly kind: string };
        if (this.#known.has(kind) || (this.#counts.size >= MOST_KINDS && !this.#counts.has(kind))) continue;
        this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
      }
    }
  }

  /** A line a kind, the most frequent ones first. */
  told(): readonly string[] {
    const all = [...this.#counts].sort(([, a], [, b]) => b - a);
    const lines = all.slice(0, MOST_SAID).map(([kind, count]) => {
      const near = nearest(kind, this.#known!);
      const events = `${count} ${count === 1 ? "event" : "events"} of kind ${JSON.stringify(kind)}`;
      return `${events}, which the blueprint does not know: they count for nothing${near === null ? "" : `; is it ${near}?`}`;
    });
    return all.length > MOST_SAID
      ? [...lines, `and ${all.length - MOST_SAID} more kinds that it does not know`]
      : lines;
  }
}
