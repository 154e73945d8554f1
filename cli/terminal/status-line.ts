/** Something that may have the line, such as a progress bar. */
export interface LineOwner {
  /** It has something to show. */
  readonly shows: boolean;
}

const CLEAR = "\r\u001b[K";
/** Of a terminal that does not tell its width. */
const COLUMNS = 80;

/** The last line of a terminal, which is drawn over itself, and all other lines of the terminal above it. */
export class StatusLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #owners: LineOwner[] = [];
  #shown = "";
  #ended = false;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  get isTerminal(): boolean {
    return this.#stream.isTTY;
  }

  /** The newest owner with something to show has the line. */
  enter(owner: LineOwner): void {
    this.#owners.push(owner);
  }

  leave(owner: LineOwner): void {
    const had = this.isOf(owner);
    const at = this.#owners.indexOf(owner);
    if (at >= 0) this.#owners.splice(at, 1);
    if (had) this.clear();
  }

  isOf(owner: LineOwner): boolean {
    return this.#owners.findLast(({ shows }) => shows) === owner;
  }

  /** From now on the terminal is for the output of the command alone. */
  end(): void {
    this.clear();
    this.#ended = true;
  }

  /** Draws over what the line had. The text is cut at the terminal's width. */
  show(text: string): void {
    const { columns } = this.#stream;
    const cut = text.slice(0, (columns > 0 ? columns : COLUMNS) - 1);
    if (this.#ended || cut === this.#shown) return;
    this.#shown = cut;
    this.#stream.write(`${CLEAR}${cut}`);
  }

  clear(): void {
    if (this.#shown === "") return;
    this.#shown = "";
    this.#stream.write(CLEAR);
  }

  /** Writes whole lines to this terminal: above the line, which is drawn again. */
  above(write: () => void): void {
    const shown = this.#shown;
    this.clear();
    write();
    if (shown !== "") this.show(shown);
  }

  /** A line for people, terminal or not. */
  write(text: string): void {
    this.above(() => void this.#stream.write(`${text}\n`));
  }
}

/** Standard output and standard error mostly share a terminal: every line of a command goes above this one. */
export const stderrLine = new StatusLine(process.stderr);
