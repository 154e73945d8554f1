import type { TableFieldType } from "../../blueprints/index.ts";
import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { declaredTables, readTableRows, tableSize } from "../../operators/index.ts";
import { tableRows } from "../../schemas/index.ts";
import { readTable, readTopic, type TopicTools } from "../../streams/index.ts";

export interface ListedTable {
  readonly table: string;
  /** Names of the parts of a row's key; empty: no blueprint declares the table. */
  readonly key: readonly string[];
  readonly fields: Readonly<Record<string, TableFieldType>>;
  /** Use cases with a version that declares it. */
  readonly useCases: readonly string[];
  /** Versions of rows; of a table that no blueprint declares, records. */
  readonly rows: number;
  /** Of the rows in the memory of each process, without what the process needs to find them; null: not declared. */
  readonly bytes: number | null;
  readonly maxRows: number | null;
}

/** All tables that blueprints declare, and those that only have rows. Reads the whole topic of rows. */
export async function listTables(tools: Pick<TopicTools, "backbone" | "serdes">): Promise<readonly ListedTable[]> {
  const { backbone, serdes } = tools;
  const blueprints = await readTable(backbone, serdes, blueprintTable);
  const valid = validBlueprints(blueprints);
  const declared = declaredTables(valid);
  const rows = await readTableRows(tools, blueprints);
  const listed = [...declared.values()].map(({ name, key, fields, maxRows }): ListedTable => {
    const users = valid.all().filter(({ blueprint }) => Object.hasOwn(blueprint.tables, name));
    return {
      table: name,
      key,
      fields: Object.fromEntries(fields),
      useCases: [...new Set(users.map(({ blueprint }) => blueprint.useCase))].sort(),
      ...tableSize(rows, name),
      maxRows,
    };
  });
  const others = new Map<string, number>();
  for await (const { value } of readTopic(backbone, serdes, tableRows, { onBad: () => undefined })) {
    if (!declared.has(value.table)) others.set(value.table, (others.get(value.table) ?? 0) + 1);
  }
  const unknown = [...others].map(([table, count]): ListedTable => ({
    ...{ table, key: [], fields: {}, useCases: [], rows: count, bytes: null, maxRows: null },
  }));
  return [...listed, ...unknown].sort((a, b) => (a.table < b.table ? -1 : 1));
}
