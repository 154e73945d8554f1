import type { BlueprintPublished } from "../../schemas/index.ts";

/** From `after` on, and not at it, `live` is the version that decides; `undefined`: none does. */
export interface Turn {
  /** Event time, ms. */
  readonly after: number;
  readonly live: BlueprintPublished | undefined;
}

/** What activations of a use case's versions make of time. Turning a version live replaces the one before; turning the live one off leaves none. */
export function timeline(records: readonly BlueprintPublished[]): readonly Turn[] {
  const changes = records
    .flatMap((record) => record.activations.map(({ time, live }) => ({ time, live, record })))
    .sort((a, b) => a.time - b.time || (a.record.version < b.record.version ? -1 : 1));
  const turns: Turn[] = [];
  let live: BlueprintPublished | undefined;
  for (const { time, live: on, record } of changes) {
    if (on) live = record;
    else if (live?.version === record.version) live = undefined;
    turns.push({ after: time, live });
  }
  return turns;
}
