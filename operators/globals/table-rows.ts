import {
  hasVersion,
  OLDER,
  partsOfVersionKey,
  rowKey,
  versionKey,
  withVersion,
  type RowVersion,
} from "../../blueprints/index.ts";
import { blueprintTable, validBlueprints } from "../../catalogue/index.ts";
import { DomainError, recordLimits, tableRows, type BlueprintPublished, type TableRow } from "../../schemas/index.ts";
import {
  asBuffer,
  shortened,
  type Bytes,
  type BytesView,
  type GlobalFold,
  type GlobalView,
} from "../../streams/index.ts";
import { declaredTables, rowMisfit, type DeclaredTable } from "./declared-tables.ts";

const { tableBytesPerRow } = recordLimits;

/** Rows by key. `warming`: tables that are still being read. */
export type RowBytes = Pick<Bytes, "get"> & Partial<Pick<BytesView, "warming">>;

/**
 * The rows of the reference tables that blueprints declare, each with all its versions. Nothing is forgotten: the content
 * depends on the topic alone, so that a decision of any time finds the same version live, in a replay and in an audit.
 * A table is a part: it is filled from the topic when the first version of a blueprint declares it. Past a table's
 * `maxRows`, rows are refused.
 */
export const tableContent: GlobalFold<TableRow> = Object.freeze({
  kind: "fold",
  name: "table-rows",
  topic: tableRows,
  tables: [blueprintTable],
  parts: {
    asked: (table) => [...tablesIn(table(blueprintTable)).keys()],
    needed: (table) => neededNow(table(blueprintTable)),
    partOf: (key) => key.slice(0, key.indexOf("|")),
  },
  fold(record, bytes, table, scope) {
    const { table: name, key, validFrom, values } = record.value;
    const of = tablesIn(table(blueprintTable)).get(name);
    if (of === undefined || scope?.parts.has(name) === false) return;
    const problem = keyProblem(record.key, record.value) ?? rowMisfit(of, key, values);
    if (problem !== undefined) throw new DomainError("BAD_ROW", problem);
    takeVersion(bytes, name, rowKey(key), { ...record.origin, validFrom, values }, of.maxRows);
  },
  takeBack(record, bytes, table, scope) {
    const parts = partsOfVersionKey(record.key);
    if (parts === undefined) {
      throw new DomainError(
        "BAD_ROW",
        `a record without a value takes the version back that its key names, and "${shortened(record.key, 200)}" names none; to delete a ` +
          "row from a time on, write a record with that time whose values are null",
      );
    }
    const of = tablesIn(table(blueprintTable)).get(parts.table);
    if (of === undefined || scope?.parts.has(parts.table) === false) return;
    const { validFrom } = parts;
    takeVersion(bytes, parts.table, parts.row, { ...record.origin, validFrom, values: undefined }, of.maxRows);
  },
} satisfies GlobalFold<TableRow>);

const tablesIn = (blueprints: GlobalView<BlueprintPublished>): ReadonlyMap<string, DeclaredTable> =>
  declaredTables(validBlueprints(blueprints));

/** Tables of versions that decide, have decided or will decide. */
function neededNow(blueprints: GlobalView<BlueprintPublished>): readonly string[] {
  const valid = validBlueprints(blueprints);
  return [...blueprints.values()]
    .filter(({ activations }) => activations.some(({ live }) => live))
    .flatMap(({ useCase, version }) => valid.version(useCase, version)?.tables ?? []);
}

/** Any other key would let compaction take a version of this row, or of another. */
function keyProblem(given: string, { table, key, validFrom }: TableRow): string | undefined {
  const wanted = versionKey(table, key, validFrom);
  return given === wanted
    ? undefined
    : `the record's key is "${shortened(given, 200)}", and that of this version "${shortened(wanted, 400)}": with another key ` +
        "compaction would lose versions";
}

export const stateKey = (table: string, row: string): string => `${table}|${row}`;
/** No row has an empty key. */
const sizeKey = (table: string): string => stateKey(table, "");

/** What an instance holds of a table. */
export interface TableSize {
  /** Versions of rows. */
  readonly rows: number;
  /** Of their keys and values. */
  readonly bytes: number;
}

const NOTHING: TableSize = Object.freeze({ rows: 0, bytes: 0 });

export function tableSize(bytes: Pick<Bytes, "get">, table: string): TableSize {
  const stored = bytes.get(sizeKey(table));
  if (stored === undefined) return NOTHING;
  const numbers = asBuffer(stored);
  return { rows: numbers.readDoubleLE(0), bytes: numbers.readDoubleLE(8) };
}

/** Every change of a table writes its size anew. */
export const tableState = (bytes: Pick<Bytes, "get">, table: string): object | undefined => bytes.get(sizeKey(table));

function putSize(bytes: Bytes, table: string, size: TableSize): void {
  const numbers = Buffer.allocUnsafe(16);
  numbers.writeDoubleLE(size.rows, 0);
  numbers.writeDoubleLE(size.bytes, 8);
  bytes.put(sizeKey(table), numbers);
}

/** Throws `TABLE_FULL` if there is no room. A version that only replaces one of the same time finds room for as much. */
export function takeVersion(bytes: Bytes, table: string, row: string, version: RowVersion, maxRows: number): void {
  const at = stateKey(table, row);
  const before = bytes.get(at);
  const after = withVersion(before, version);
  if (after === OLDER) return;
  const size = tableSize(bytes, table);
  const added = after.length - (before?.length ?? -at.length);
  const rows = size.rows + (hasVersion(before, version.validFrom) ? 0 : 1);
  const next = { rows, bytes: size.bytes + added };
  const isOver = rows > maxRows || next.bytes > maxRows * tableBytesPerRow;
  if (isOver && (rows > size.rows || added > 0)) throw tableIsFull(table, size, maxRows);
  bytes.put(at, after);
  putSize(bytes, table, next);
}

function tableIsFull(table: string, { rows, bytes }: TableSize, maxRows: number): DomainError {
  return new DomainError(
    "TABLE_FULL",
    `table ${table} holds ${rows} versions of rows in ${bytes} bytes, and its maxRows is ${maxRows}, of ${tableBytesPerRow} bytes on ` +
      "average: this row does not count. Publish a version with a larger maxRows, then put it again",
  );
}
