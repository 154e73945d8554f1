import { leftOutText, treatedText, type LeftOut, type TreatedValues } from "../../rows/index.ts";
import { exitCodes } from "../exit-codes.ts";
import { stderrLine } from "../terminal/status-line.ts";

const MOST_SHOWN = 20;

/**
 * Says on stderr, by version, which rows a command left out, and which values were not learnt as they are.
 * @returns the exit code of a command that succeeded: rows of another version are left out as they should be, rows that can't be read, labels that can't be
 * learnt and rows without a weight are missing.
 */
export function tellLeftOut(leftOut: readonly LeftOut[], treated: readonly TreatedValues[] = []): number {
  const lines = [...leftOut.map(leftOutText), ...treated.map(treatedText)];
  for (const line of lines.slice(0, MOST_SHOWN)) stderrLine.write(`loopstream: ${line}`);
  const more = lines.length - MOST_SHOWN;
  if (more > 0) stderrLine.write(`loopstream: and so for ${more} more versions or features`);
  const isMissing =
    leftOut.some(({ kind }) => kind === "unreadable") || treated.some(({ treatment }) => treatment === "leftOut");
  return isMissing ? exitCodes.partly : exitCodes.ok;
}
