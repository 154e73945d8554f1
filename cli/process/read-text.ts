import { readFileSync } from "node:fs";
import { DomainError } from "../../schemas/index.ts";

/** The text of a named file. Throws that names it. */
export function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new DomainError(
      "BAD_FILE",
      `${file} can't be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
