import { readFile } from "node:fs/promises";
import { DomainError } from "../../schemas/index.ts";
import { readText } from "./read-text.ts";

/** The bytes of a named file. Rejects with its name. */
export async function readModelFile(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new DomainError(
      "BAD_FILE",
      `${file} can't be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** The JSON in a file that a flag names; `undefined` without one. Throws with the flag and the file. */
export function readJsonFile(flag: string, file: string | undefined): unknown {
  if (file === undefined) return undefined;
  const text = readText(file);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new DomainError(
      "BAD_FILE",
      `${flag} ${file}: is no JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
