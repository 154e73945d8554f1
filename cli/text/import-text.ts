import { visible } from "../terminal/visible.ts";
import { table } from "./output.ts";
import type { ImportResult, LineCounts, Survey } from "../../loop/index.ts";

/** For programs. */
export function importJson({ counts, files, columns, badLines, absent }: ImportResult): object {
  return {
    ...counts,
    absent,
    lines: badLines.map(({ file, line, problem }) => ({ file, line, problem })),
    files: files.map(({ file, lines, badLines: bad, from, to, disorder }) => ({
      ...{ file, lines, badLines: bad, from, to, sorted: disorder === undefined },
      columns: columns.get(file)!.all,
    })),
  };
}

/** For people: counts of each column, and of the published records. */
export function importText(result: ImportResult, dryRun: boolean): string {
  const { files, columns } = result;
  const tables = files.map((file) => {
    const rows = columns
      .get(file.file)!
      .all.map(({ column, present, missing, unusable, outOfRange }) => [
        column,
        present,
        missing,
        unusable,
        outOfRange,
      ]);
    return `${spanText(file)}\n${table(["column", "present", "missing", "unusable", "out of range"], rows)}`;
  });
  return visible([...tables, `${countsText(result, dryRun)}${absentText(result)}`].join("\n\n"));
}

/** What was published, and what was not or has less than it may seem. */
export function countsText(result: ImportResult, dryRun = false): string {
  const { counts } = result;
  const said = dryRun ? `nothing was published. ${publishedText(counts, "would be published")}` : publishedText(counts);
  const bad =
    counts.badLines === 0 ? "" : `; ${counts.badLines} bad lines ${dryRun ? "" : "are in the dead letters"}`.trimEnd();
  const waiting =
    counts.waiting === 0
      ? ""
      : `; ${counts.waiting} observations wait, since the lines of their decisions are bad: mend those, and give the files again`;
  const alone =
    counts.eventsWithoutDecision === 0
      ? ""
      : `; ${counts.eventsWithoutDecision} events have the keys of their own line alone: their decision is not in the file before them, or its TTL was over`;
  const older = counts.older === 0 ? "" : `\n${olderText(result)}`;
  return `${said}${alone}${bad}${waiting}${older}`;
}

function absentText({ absent }: ImportResult): string {
  if (absent.length === 0) return "";
  const names = absent.map(({ file, column }) => `${column} (${file})`).join(", ");
  const what = absent.length === 1 ? "1 column" : `${absent.length} columns`;
  return `\n${what} that the blueprint looks for ${absent.length === 1 ? "is" : "are"} in no line: ${names}`;
}

function olderText({ counts, eventsRetainedFrom = Number.NEGATIVE_INFINITY }: ImportResult): string {
  const kept = Number.isFinite(eventsRetainedFrom)
    ? `events that are retained, which are those since ${new Date(eventsRetainedFrom).toISOString()}`
    : "events on the topic";
  return (
    `${counts.older} of them are older than lines imported before: existing rows stay as they are, and windows of these lines count the ` +
    `${kept}. loopstream replay makes all rows again, from everything`
  );
}

function publishedText({ decisions, observations, events, known: met, changed }: LineCounts, would?: string): string {
  const known = met - changed;
  const left = changed === 0 ? "" : `; ${changed} lines differ from imported ones and were left out`;
  if (decisions + observations + events === 0 && known > 0) {
    return `nothing new: ${changed === 0 ? "all " : ""}${known} lines were imported before${left}`;
  }
  const what = `${decisions} decisions, ${observations} observations, ${events} events`;
  const rest = known === 0 ? "" : `; ${known} lines were imported before and left out`;
  return (would === undefined ? `published ${what}` : `${what} ${would}`) + rest + left;
}

function spanText({ file, lines, from, to, disorder }: Survey): string {
  const iso = (time: number | null): string => (time === null ? "" : new Date(time).toISOString());
  const span = lines === 0 ? "" : `, ${iso(from)} to ${iso(to)}`;
  return `${file}: ${lines} lines${span}${disorder === undefined ? "" : ", sorted here"}`;
}
