import type { PlacedDecision } from "../../rows/index.ts";
import type { TrainingRow } from "../../schemas/index.ts";

export interface DecisionWithRow extends PlacedDecision {
  /** Absent: there is none. */
  readonly row: TrainingRow | undefined;
}

/**
 * Each decision with its row. Both come in the order of their times; in memory are those of one time.
 * @param onAlone called with the number of rows without a decision
 */
export async function* withRows(
  decisions: AsyncIterable<PlacedDecision>,
  rows: AsyncIterable<TrainingRow>,
  onAlone: (count: number) => void,
): AsyncGenerator<DecisionWithRow> {
  const groups = groupsOf(rows, (row) => row["decisionTime"] as number);
  try {
    let next = await groups.next();
    for await (const { time, items } of groupsOf(decisions, ({ decision }) => decision.decisionTime)) {
      while (next.done !== true && next.value.time < time) {
        onAlone(next.value.items.length);
        next = await groups.next();
      }
      const here = next.done !== true && next.value.time === time ? next.value.items : [];
      if (here.length > 0) next = await groups.next();
      const byId = new Map(here.map((row) => [row["decisionId"] as string, row]));
      for (const placed of items) {
        const { decisionId } = placed.decision;
        yield { ...placed, row: byId.get(decisionId) };
        byId.delete(decisionId);
      }
      onAlone(byId.size);
    }
    for (; next.done !== true; next = await groups.next()) onAlone(next.value.items.length);
  } finally {
    await groups.return(undefined);
  }
}

interface Group<T> {
  /** ms. */
  readonly time: number;
  readonly items: readonly T[];
}

/** Items of one time together. */
async function* groupsOf<T>(items: AsyncIterable<T>, timeOf: (item: T) => number): AsyncGenerator<Group<T>, undefined> {
  let group: { readonly time: number; readonly items: T[] } | undefined;
  for await (const item of items) {
    const time = timeOf(item);
    if (group !== undefined && group.time !== time) {
      yield group;
      group = undefined;
    }
    group ??= { time, items: [] };
    group.items.push(item);
  }
  if (group !== undefined) yield group;
  return undefined;
}
