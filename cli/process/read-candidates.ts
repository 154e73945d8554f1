import { candidatesOf } from "../../client/index.ts";
import type { Candidate } from "../../schemas/index.ts";
import { hasCode } from "../../streams/index.ts";
import { UsageError } from "../exit-codes.ts";
import { readText } from "./read-text.ts";

/**
 * Candidates from a JSON list, or from a file that holds one. Throws a `UsageError` that names the candidate, by its place
 * from 0, and what `readText` throws.
 * @param given begins with `[`, or is a file's path
 */
export function readCandidates(given: string | undefined): readonly Candidate[] {
  if (given === undefined) return [];
  const isFile = !given.trimStart().startsWith("[");
  const where = isFile ? given : "--candidates";
  try {
    return candidatesOf(JSON.parse(isFile ? readText(given).replace(/^\ufeff/, "") : given));
  } catch (error) {
    if (error instanceof SyntaxError) {
      const form = '[{"optionId": "a", "context": {"price": 3}}, "b"]';
      throw new UsageError(`${where} holds no JSON list (${error.message}): write one like ${form}`);
    }
    if (hasCode(error, "UNENCODABLE")) throw new UsageError(`${where}: ${(error as Error).message}`);
    throw error;
  }
}
