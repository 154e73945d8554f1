/** So many columns are told apart; the rest are counted together. */
const MOST_COLUMNS = 1_000;
const MOST_SAID = 20;
const MOST_CHARS = 64;

/** An undeclared column whose values were left out. */
export interface LeftOutColumn {
  readonly column: string;
  /** Why, in words that follow the column's name. */
  readonly reason: string;
  readonly lines: number;
}

/** Counts values that were left out, by column and reason. */
export class LeftOutColumns {
  readonly #counts = new Map<string, { column: string; reason: string; lines: number }>();

  add(column: string, reason: string): void {
    const key = `${reason}\0${column}`;
    const count = this.#counts.get(key);
    if (count !== undefined) count.lines += 1;
    else if (this.#counts.size < MOST_COLUMNS) this.#counts.set(key, { column, reason, lines: 1 });
  }

  /** Those of the most lines first. */
  get all(): readonly LeftOutColumn[] {
    return [...this.#counts.values()].sort((a, b) => b.lines - a.lines);
  }
}

/** For a person: a line a column. */
export function leftOutTexts(file: string, columns: readonly LeftOutColumn[]): readonly string[] {
  const texts = columns.slice(0, MOST_SAID).map(({ column, reason, lines }) => {
    const name = column.length > MOST_CHARS ? `${column.slice(0, MOST_CHARS)}…` : column;
    return `${file}: ${name} ${reason} in ${lines === 1 ? "1 line" : `${lines} lines`}: it is left out there`;
  });
  const more = columns.length - MOST_SAID;
  return more > 0 ? [...texts, `${file}: values of ${more} more columns are left out`] : texts;
}
