import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { TableError } from "./table-error.ts";

/** Longest line, in characters: a file with none shorter is not a text file, and would be held whole. */
export const maxLineLength = 16 * 1024 * 1024;

/** The lines of a UTF-8 file without their `\n`, in batches as they are read. A byte-order mark is left out. */
export async function* readLines(path: string, gzip: boolean): AsyncGenerator<readonly string[]> {
  let rest = "";
  let count = 0;
  for await (const chunk of decoded(path, gzip)) {
    if (!chunk.includes("\n")) {
      rest += chunk;
    } else {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      count += lines.length;
      yield lines;
    }
    if (rest.length > maxLineLength) {
      throw new TableError(path, `line ${count + 1} is longer than ${maxLineLength} characters. Is it a text file?`);
    }
  }
  if (rest !== "") yield [rest];
}

async function* decoded(path: string, gzip: boolean): AsyncGenerator<string> {
  let first = true;
  for await (const chunk of (gzip ? gunzipped(path) : createReadStream(path)).setEncoding("utf8")) {
    let text = chunk as string;
    if (first && text.startsWith("\u001f\ufffd")) {
      throw new TableError(path, "holds gzip data. Give it a name that ends in .gz.");
    }
    if (first && text.startsWith("\ufeff")) text = text.slice(1);
    first = false;
    yield text;
  }
}

function gunzipped(path: string): Readable {
  // The pipeline hands a failure to read on to the reader of the result, which meets it in its loop.
  return pipeline(createReadStream(path), createGunzip(), () => undefined);
}

/** A line without the `\r` of a CRLF. */
export function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
