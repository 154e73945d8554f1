import { PassThrough } from "node:stream";
import { StatusLine } from "../../../cli/terminal/status-line.ts";

/** The signs that take a line away. */
const CLEAR = "\r\u001b[K";

export interface Screen {
  readonly line: StatusLine;
  readonly stream: NodeJS.WriteStream;
  /** Everything that was written. */
  text(): string;
  /** The lines as a person sees them: a line that was cleared is gone. */
  seen(): readonly string[];
}

/** A stream that says whether it is a terminal, and keeps what is written to it. */
export function screen(isTTY: boolean, columns = 120): Screen {
  const written: string[] = [];
  const through = new PassThrough();
  through.on("data", (chunk: Buffer) => written.push(chunk.toString()));
  const stream = Object.assign(through, { isTTY, columns }) as unknown as NodeJS.WriteStream;
  const text = (): string => written.join("");
  return {
    stream,
    line: new StatusLine(stream),
    text,
    seen: () =>
      text()
        .split("\n")
        .map((line) => line.split(CLEAR).at(-1)!)
        .filter((line) => line !== ""),
  };
}
