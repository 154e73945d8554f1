import { rowKey, versionKey, type RowValues } from "../../blueprints/index.ts";
import type { ValidBlueprints } from "../../catalogue/index.ts";
import { takeVersion, type RowBytes } from "../../operators/index.ts";
import { tableRows } from "../../schemas/index.ts";
import { checkTime, type Bytes, type Published, type TopicTools } from "../../streams/index.ts";
import { declaredTable, findTable, readKey, readValues } from "./declared-table.ts";

export interface RowToPut {
  readonly table: string;
  /** The parts of its key. */
  readonly key: readonly unknown[];
  /** All fields of the row; others are missing from then on. Null: the row is deleted. */
  readonly values: Readonly<Record<string, unknown>> | null;
  /** Decisions strictly after it see the row, ms; default: now. */
  readonly validFrom?: number | undefined;
}

export interface PutRow {
  readonly table: string;
  readonly key: readonly string[];
  readonly validFrom: number;
  readonly values: RowValues | null;
}

/** What the loop of this process has read. */
export interface ReadTables {
  readonly published: ValidBlueprints;
  /** Absent: they are not here, or not all of them yet. */
  readonly rows?: RowBytes | undefined;
}

/**
 * Writes a version of a row. Throws `UNDECLARED` and `BAD_ROW`, each with the mend, and `BAD_TIME`. A table that is full
 * makes a dead letter of it; where its rows are here it is refused with `TABLE_FULL` before it is written.
 */
export async function putRow(tools: TopicTools, asked: RowToPut, read?: ReadTables): Promise<PutRow> {
  const now = Date.now();
  const { table: name, key, values, validFrom = now } = asked;
  checkTime(validFrom, "the time from which the row is valid");
  const table = read === undefined ? (await findTable(tools, name)).table : declaredTable(read.published, name);
  const row = {
    table: name,
    key: readKey(table, key),
    validFrom,
    values: values === null ? null : readValues(table, values),
  };
  if (read?.rows !== undefined) checkRoom(read.rows, row, table.maxRows);
  await tools.publisher.publish([rowRecord(row, now)]);
  return row;
}

/** Takes the row for a moment, as one that is written after all that are there. */
function checkRoom(rows: RowBytes, { table, key, validFrom, values }: PutRow, maxRows: number): void {
  const newest = { offset: Number.MAX_SAFE_INTEGER, partition: 0 };
  takeVersion(notKept(rows), table, rowKey(key), { ...newest, validFrom, values }, maxRows);
}

const notKept = (rows: RowBytes): Bytes => ({
  get: (key) => rows.get(key),
  put: () => undefined,
  delete: () => undefined,
  keys: () => [],
});

/** @param now of this machine, ms: the log has its own time of arrival. */
export const rowRecord = (value: PutRow, now: number): Published<unknown> => ({
  topic: tableRows,
  key: versionKey(value.table, value.key, value.validFrom),
  value,
  time: now,
});
