import { createReadStream } from "node:fs";
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { TextDecoding } from "./decode-text.ts";
import { TableError } from "../table-error.ts";

/** Longest line, in characters: a file with none shorter is not a text file, and would be held whole. */
export const maxLineLength = 16 * 1024 * 1024;

/**
 * The lines of a UTF-8 file without their `\n`, in batches as they are read. A byte-order mark is left out. Throws a
 * `TableError` if the file is no UTF-8, or its lines end with CR alone.
 */
export async function* readLines(path: string, gzip: boolean): AsyncGenerator<readonly string[]> {
  let rest = "";
  let count = 0;
  for await (const chunk of decoded(path, gzip)) {
    if (!chunk.includes("\n")) {
      rest += chunk;
    } else {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      if (count === 0) refuseReturns(path, lines[0]!);
      count += lines.length;
      yield lines;
    }
    if (rest.length > maxLineLength) {
      if (count === 0) refuseReturns(path, rest);
      throw new TableError(path, `line ${count + 1} is longer than ${maxLineLength} characters. Is it a text file?`);
    }
  }
  if (count === 0) refuseReturns(path, rest);
  if (rest !== "") yield [rest];
}

/** A first line with a CR inside, outside of quotes, is a whole file. */
function refuseReturns(path: string, line: string): void {
  const at = line.indexOf("\r");
  if (at < 0 || at === line.length - 1 || line.slice(0, at).includes('"')) return;
  throw new TableError(path, "its lines end with CR alone. Save it with LF or CRLF.");
}

async function* decoded(path: string, gzip: boolean): AsyncGenerator<string> {
  const decoding = new TextDecoding(path);
  for await (const chunk of gzip ? gunzipped(path) : createReadStream(path)) yield decoding.add(chunk as Buffer);
  yield decoding.end();
}

function gunzipped(path: string): Readable {
  // The pipeline hands a failure to read on to the reader of the result, which meets it in its loop.
  return pipeline(createReadStream(path), createGunzip(), () => undefined);
}

/** A line without the `\r` of a CRLF. */
export function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
