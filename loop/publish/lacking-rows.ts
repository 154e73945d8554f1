import { declaredValue, type CompiledBlueprint } from "../../blueprints/index.ts";
import { tableRows } from "../../schemas/index.ts";
import { ownValue, readTopic, type TopicTools } from "../../streams/index.ts";
import { lackingEventsText, type LackingEvents } from "./lacking-events.ts";

/** Features that are always missing for now: no row of their table has a value for them. */
export interface LackingRows {
  readonly features: readonly string[];
  readonly table: string;
  readonly field: string;
  /** Versions of rows of the table. */
  readonly rows: number;
}

export type Lacking = LackingEvents | LackingRows;

/**
 * The fields that this version reads of tables, other than the version before, and that no row has. Reads the topic of
 * rows until each was found; to its end if one was not.
 */
export async function lackingRows(
  { backbone, serdes }: Pick<TopicTools, "backbone" | "serdes">,
  compiled: CompiledBlueprint,
  before: CompiledBlueprint | undefined,
): Promise<readonly LackingRows[]> {
  const known = new Set(readsOf(before).map(({ id }) => id));
  const reads = readsOf(compiled).filter(({ id }) => !known.has(id));
  if (reads.length === 0) return [];
  const unmet = Map.groupBy(reads, ({ id }) => id);
  const rows = new Map<string, number>();
  if ((await backbone.partitions(tableRows.name)) !== undefined) {
    for await (const { value } of readTopic(backbone, serdes, tableRows, { onBad: () => undefined })) {
      rows.set(value.table, (rows.get(value.table) ?? 0) + 1);
      for (const [id, [read]] of unmet) {
        const { table, field, type } = read!;
        if (table !== value.table || value.values === null) continue;
        if ((declaredValue(type, ownValue(value.values, field)) ?? null) !== null) unmet.delete(id);
      }
      if (unmet.size === 0) break;
    }
  }
  return [...unmet.values()].map((some) => {
    const { table, field } = some[0]!;
    return { features: some.map(({ feature }) => feature), table, field, rows: rows.get(table) ?? 0 };
  });
}

function readsOf(compiled: CompiledBlueprint | undefined) {
  return (compiled?.reads ?? []).map(({ index, read: { table, field, type } }) => ({
    ...{ id: `${table}.${field}`, feature: compiled!.layout[index]!.name, table, field, type },
  }));
}

/** For a person. */
export function lackingText(one: Lacking): string {
  if (!("table" in one)) return lackingEventsText(one);
  const { features, table, field, rows } = one;
  const what =
    rows === 0 ? `table ${table} has no row` : `none of the ${rows} rows of table ${table} has a value in ${field}`;
  return `${features.join(", ")}: ${what}, so it is missing in every decision; loopstream tables import ${table} FILE writes rows`;
}
