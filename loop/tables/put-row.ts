import { versionKey, type RowValues } from "../../blueprints/index.ts";
import type { ValidBlueprints } from "../../catalogue/index.ts";
import { tableRows } from "../../schemas/index.ts";
import { checkTime, type Published, type TopicTools } from "../../streams/index.ts";
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

/**
 * Writes a version of a row. A table that is full, which the loop alone knows, makes a dead letter of it. Throws
 * `UNDECLARED` and `BAD_ROW`, each with the mend, and `BAD_TIME`.
 *
 * @param published the blueprints, where they are known already
 */
export async function putRow(tools: TopicTools, asked: RowToPut, published?: ValidBlueprints): Promise<PutRow> {
  const now = Date.now();
  const { table: name, key, values, validFrom = now } = asked;
  checkTime(validFrom, "the time from which the row is valid");
  const table = published === undefined ? (await findTable(tools, name)).table : declaredTable(published, name);
  const row = {
    table: name,
    key: readKey(table, key),
    validFrom,
    values: values === null ? null : readValues(table, values),
  };
  await tools.publisher.publish([rowRecord(row, now)]);
  return row;
}

/** @param now of this machine, ms: the log has its own time of arrival. */
export const rowRecord = (value: PutRow, now: number): Published<unknown> => ({
  topic: tableRows,
  key: versionKey(value.table, value.key, value.validFrom),
  value,
  time: now,
});
