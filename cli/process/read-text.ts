import { readFileSync } from "node:fs";
import { UsageError } from "../exit-codes.ts";

/** The text of a named file. Throws a `UsageError` that names it. */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} can't be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
