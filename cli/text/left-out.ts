import type { DsjsonExported } from "../process/exports/export-dsjson.ts";
import { leftOutText, treatedText, type LeftOut, type TreatedValues } from "../../rows/index.ts";
import { exitCodes } from "../exit-codes.ts";
import { stderrLine } from "../terminal/status-line.ts";
import type { Output } from "./output.ts";

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

/** Says the result of an export of decisions with all of their actions, and on stderr what it left out. @returns the exit code */
export function tellLeftOutBandits(
  output: Output,
  file: string,
  { written: decisions, leftOut, leftOutRows }: DsjsonExported,
): number {
  const result = { decisions, file, leftOut: leftOut.all(), leftOutRows };
  if (file !== "-") output.result(result, () => `${decisions} decisions in ${file}`);
  for (const text of leftOut.texts()) stderrLine.write(`loopstream: ${text}`);
  const code = tellLeftOut(leftOutRows);
  return leftOut.lost ? exitCodes.partly : code;
}
