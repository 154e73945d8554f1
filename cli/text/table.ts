/** So much lies between two columns. */
const GAP = "  ";

type Cells = readonly string[];

/**
 * Columns wide enough for their cells; numbers to the right. If the terminal is too narrow, cells go on in the next
 * line between words. If it has no room for the longest words side by side, each row is a block of lines.
 * @param columns of the terminal; absent: as many as a line needs.
 */
export function table(
  head: Cells,
  rows: readonly (readonly (string | number)[])[],
  columns: number = terminalColumns(),
): string {
  const cells = [head, ...rows.map((row) => row.map((cell) => String(cell).replaceAll(/[\t\r\n]/g, " ")))];
  const widths = widthsWithin(cells, columns);
  if (widths === undefined) return blocks(head, cells.slice(1), columns);
  const isNumber = (at: number, column: number): boolean => at > 0 && typeof rows[at - 1]![column] === "number";
  return cells
    .flatMap((row, at) => {
      const wrapped = row.map((cell, column) => wrap(cell, widths[column]!));
      const height = Math.max(...wrapped.map(({ length }) => length));
      return Array.from({ length: height }, (_, line) =>
        wrapped
          .map((lines, column) => {
            const text = lines[line] ?? "";
            return isNumber(at, column) ? text.padStart(widths[column]!) : text.padEnd(widths[column]!);
          })
          .join(GAP)
          .trimEnd(),
      );
    })
    .join("\n");
}

/** Of the terminal, or as `COLUMNS` says; without either no line is too long. */
function terminalColumns(): number {
  const said = Number(process.env["COLUMNS"]);
  return process.stdout.columns ?? (Number.isInteger(said) && said > 0 ? said : Number.POSITIVE_INFINITY);
}

/** The width of each column; `undefined` if their longest words do not fit side by side. */
function widthsWithin(cells: readonly Cells[], columns: number): readonly number[] | undefined {
  const of = (measure: (cell: string) => number): number[] =>
    cells[0]!.map((_, column) => Math.max(...cells.map((row) => measure(row[column]!))));
  const widths = of(({ length }) => length);
  const least = of((cell) => Math.max(...cell.split(" ").map(({ length }) => length)));
  const room = columns - GAP.length * (widths.length - 1);
  if (sum(least) > room) return undefined;
  // The widest gives first.
  for (let over = sum(widths) - room; over > 0; over--) {
    const slack = widths.map((width, column) => (width > least[column]! ? width : 0));
    widths[slack.indexOf(Math.max(...slack))]!--;
  }
  return widths;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Lines of at most `width`, broken between words; a word that is longer has a line of its own. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(" ")) {
    if (line !== undefined && line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      if (line !== undefined) lines.push(line);
      line = word;
    }
  }
  return [...lines, line ?? ""];
}

/** A line or more for each cell, with the column's name before it. */
function blocks(head: Cells, rows: readonly Cells[], columns: number): string {
  if (rows.length === 0) return wrap(head.join(" "), columns).join("\n");
  const widest = Math.max(...head.map(({ length }) => length));
  return rows
    .map((row) =>
      row
        .flatMap((cell, column) => {
          const name = head[column]!.padEnd(widest);
          const [first = "", ...others] = wrap(cell, columns - widest - GAP.length);
          // Text that does not fit behind the name begins its own line.
          if (widest + GAP.length + first.length > columns) return [head[column]!, ...wrap(cell, columns)];
          return [`${name}${GAP}${first}`, ...others.map((line) => `${" ".repeat(widest)}${GAP}${line}`)];
        })
        .map((line) => line.trimEnd())
        .join("\n"),
    )
    .join("\n\n");
}
