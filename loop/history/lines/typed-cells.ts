import {
  misfitText,
  recordedReaderOf,
  shortNumber,
  type DeclaredType,
  type ValueTypes,
} from "../../../blueprints/index.ts";
import { objectMaker, setOwn } from "../../../streams/index.ts";
import type { Cell, Cells, TypedCells } from "./records.ts";

type Value = Exclude<Cell, null>;
/** Null: there is no value. Undefined: the cell can't be one. */
type Read = (cell: Cell) => Value | null | undefined;

interface Column {
  readonly name: string;
  /** Its place among the cells. */
  readonly at: number;
  readonly read: Read;
  /** Undefined: it is not declared. */
  readonly type: DeclaredType | undefined;
}

/** The columns of lines with these names. */
interface Columns {
  readonly names: readonly string[];
  readonly columns: readonly Column[];
  /** Of lines that have a value in each of them; `undefined` at the first such line, since to make it takes long. */
  readonly make: ReturnType<typeof objectMaker>;
  readonly isFirst: boolean;
}

/**
 * Reads the values of lines: declared columns as their types have them, the rest as the file has them, for a version that declares them later. An
 * empty cell is missing. The lines of a file mostly have the same columns, whose reading is made once.
 */
export class TypedCellReader {
  readonly #types: ValueTypes;
  readonly #without: readonly string[];
  #last: Columns = { names: [], columns: [], make: undefined, isFirst: false };

  /** @param without columns that are no values */
  constructor(types: ValueTypes, without: readonly string[]) {
    this.#types = types;
    this.#without = without;
  }

  read(cells: Cells): TypedCells {
    const names = Object.keys(cells);
    if (!isSame(names, this.#last.names)) this.#last = this.#columnsOf(names);
    else if (this.#last.isFirst) this.#last = withMaker(this.#last);
    const { columns, make } = this.#last;
    const given = Object.values(cells);
    const values: (Value | null)[] = [];
    const texts: (string | undefined)[] = [];
    let isWhole = make !== undefined;
    for (const { name, at, read, type } of columns) {
      const cell = given[at]!;
      if (type === "number" && typeof cell === "string") {
        const short = shortNumber(cell);
        if (!Number.isNaN(short)) {
          values.push(short);
          texts.push(cell);
          continue;
        }
      }
      const value = read(cell);
      if (value === undefined) return { column: name, problem: misfitText(type!, cell) };
      if (value === null) isWhole = false;
      else texts.push(typeof value === "string" ? value : undefined);
      values.push(value);
    }
    if (isWhole) return { values: make!(values) as Record<string, Cell>, texts };
    const some: Record<string, Cell> = {};
    for (let at = 0; at < columns.length; at++) {
      const value = values[at]!;
      if (value !== null) setOwn(some, columns[at]!.name, value);
    }
    return { values: some, texts };
  }

  #columnsOf(names: readonly string[]): Columns {
    const columns = names.flatMap((name, at): Column[] => {
      if (this.#without.includes(name)) return [];
      const type = this.#types.get(name);
      return [{ name, at, type, read: type === undefined ? asItIs : recordedReaderOf(type) }];
    });
    return { names, columns, make: undefined, isFirst: true };
  }
}

const withMaker = (one: Columns): Columns => ({
  ...one,
  make: objectMaker(one.columns.map(({ name }) => name)),
  isFirst: false,
});

const isSame = (names: readonly string[], others: readonly string[]): boolean => {
  if (names.length !== others.length) return false;
  for (let at = 0; at < names.length; at++) if (names[at] !== others[at]) return false;
  return true;
};

const asItIs: Read = (cell) => (cell === "" ? null : cell);

/** The values of one line: see `TypedCellReader`. */
export const valuesOf = (cells: Cells, types: ValueTypes, without: readonly string[]): TypedCells =>
  new TypedCellReader(types, without).read(cells);
