import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { DomainError } from "../../schemas/index.ts";

/** The text of a named file. Throws that names it, and the line that is no UTF-8. */
export function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new DomainError(
      "BAD_FILE",
      `${file} can't be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (isUtf8(bytes)) return bytes.toString();
  throw new DomainError("BAD_FILE", `${file} line ${badLine(bytes)}: the text is not UTF-8. Save the file as UTF-8`);
}

function badLine(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start);
    if (end < 0 || !isUtf8(bytes.subarray(start, end))) break;
    start = end + 1;
  }
  return line;
}
