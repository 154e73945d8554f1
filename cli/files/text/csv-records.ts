import { CsvError, parse } from "csv-parse/sync";
import { withoutReturn } from "./read-lines.ts";

export type CsvRecord =
  /** Without `fields` the text has no quotes: they are what lies between its commas. */
  | { readonly line: number; readonly fields?: readonly string[]; readonly text: string }
  | { readonly line: number; readonly problem: string; readonly text: string };

/** Longest record with a line break in a quoted field, in characters. A quote still open after so much was never closed. */
export const maxRecordLength = 1024 * 1024;

/**
 * The records of a CSV file from its lines: RFC 4180, ended by LF or CRLF. Blank lines are left out, and line breaks
 * inside quotes are kept. When quotes are broken, only the line they begin on is a problem, and the lines after it are
 * read again. A stray quote that a later one happens to close makes a well-formed record: nothing can tell it from a
 * field of many lines.
 */
export class CsvRecords {
  /** Lines of a record whose quotes are still open. */
  #held: string[] = [];
  #heldLength = 0;
  #open = false;
  #line = 0;

  /** The records that these lines complete, in order. */
  add(lines: readonly string[]): CsvRecord[] {
    const done: CsvRecord[] = [];
    for (const line of lines) this.#take(line, done);
    return done;
  }

  /** The records held back, at the end of the file. */
  end(): CsvRecord[] {
    const done: CsvRecord[] = [];
    while (this.#held.length > 0) this.#giveUp("a quote is opened and never closed", done);
    return done;
  }

  #take(line: string, done: CsvRecord[]): void {
    // Last in, first out: lines given back go before those that follow them.
    const waiting = [line];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      this.#line += 1;
      if (this.#held.length === 0 && !next.includes('"')) {
        const text = withoutReturn(next);
        if (text !== "") done.push({ line: this.#line, text });
        continue;
      }
      this.#held.push(next);
      this.#heldLength += next.length + 1;
      if (hasOddQuotes(next)) this.#open = !this.#open;
      const problem = this.#open ? this.#tooLong() : this.#complete(done);
      if (problem === undefined) continue;
      for (const given of this.#release(problem, done).reverse()) waiting.push(given);
    }
  }

  #tooLong(): string | undefined {
    if (this.#heldLength <= maxRecordLength) return undefined;
    return `a quote is opened and not closed within ${maxRecordLength} characters`;
  }

  #complete(done: CsvRecord[]): string | undefined {
    const text = withoutReturn(this.#held.join("\n"));
    const parsed = parseRecord(text);
    if (typeof parsed === "string") return parsed;
    done.push({ line: this.#line - this.#held.length + 1, fields: parsed, text });
    this.#reset();
    return undefined;
  }

  #giveUp(problem: string, done: CsvRecord[]): void {
    for (const line of this.#release(problem, done)) this.#take(line, done);
  }

  /** Reports the first line held and gives the others back to be read again. */
  #release(problem: string, done: CsvRecord[]): string[] {
    const [first = "", ...others] = this.#held;
    this.#line -= others.length;
    done.push({ line: this.#line, problem, text: withoutReturn(first) });
    this.#reset();
    return others;
  }

  #reset(): void {
    this.#held = [];
    this.#heldLength = 0;
    this.#open = false;
  }
}

function hasOddQuotes(line: string): boolean {
  let odd = false;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) odd = !odd;
  return odd;
}

function parseRecord(text: string): string[] | string {
  try {
    const records = parse(text, { record_delimiter: "\n", max_record_size: 0 });
    return records.length === 1 && records[0] !== undefined ? records[0] : "broken quotes";
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const opening = error.code === "INVALID_OPENING_QUOTE";
    return opening
      ? 'broken quotes: a quote inside a field that does not begin with one (write "" inside quotes)'
      : 'broken quotes: text follows a closing quote (write "" for a quote inside quotes)';
  }
}
