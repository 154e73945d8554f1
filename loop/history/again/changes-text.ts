import { formatDuration, shown } from "../../../blueprints/index.ts";
import type { ComparedLine, MovedLine } from "./changed-lines.ts";
import type { ChangedEvent } from "./confirm-events.ts";
import type { ChangedLine } from "./confirm-changes.ts";

const MOST_LINES = 5;
const MOST_NAMES = 3;

/** Lines that were imported with other values: how many, and the first of them with both values. */
export function changedText(lines: readonly ChangedLine[]): string {
  const what = `${count(lines.length)} from lines imported before under the same decision and time`;
  return [what, ...lines.slice(0, MOST_LINES).map(lineText), ...rest(lines.length)].join("\n  ");
}

/** Events of no decision that were imported with other numbers. */
export function changedEventsText(events: readonly ChangedEvent[]): string {
  const what = `${events.length === 1 ? "1 event differs" : `${events.length} events differ`} from events imported before of the same time, kind and keys`;
  const texts = events.slice(0, MOST_LINES).map(({ event: { file, line, kind, facts }, values }) => {
    const place = `${file}:${line} ${kind} at ${new Date(facts.time).toISOString()}`;
    return values === null ? place : `${place}: ${differenceText(values)}`;
  });
  return [what, ...texts, ...rest(events.length)].join("\n  ");
}

/** Events that may have been changed, and may be others. */
export function otherEventsText(count: number): string {
  const events = count === 1 ? "1 new event is" : `${count} new events are`;
  return `${events} of a time and kind of which imported events are not in the file: if keys or texts were corrected, the former events count too`;
}

/** Observations that were imported before their decisions. */
export function keyedText(lines: readonly ComparedLine[], published: boolean): string {
  const { file, line } = lines[0]!;
  const what = `${lines.length === 1 ? "1 observation was" : `${lines.length} observations were`} imported before their decisions (${file}:${line}): their events lack the keys of these`;
  return published
    ? `${what}, and are published again with them`
    : `${what}, and no window by a key of a decision counts them. --changed add publishes them again with the keys, beside the former ones`;
}

/** Lines that were imported at other times. */
export function movedText(lines: readonly MovedLine[]): string {
  const [{ line, byMs }] = lines as readonly [MovedLine];
  const when = `${formatDuration(Math.abs(byMs))} ${byMs > 0 ? "earlier" : "later"}`;
  const what =
    lines.length === 1
      ? "1 line was imported before at another time"
      : `${lines.length} lines were imported before at other times`;
  return `${what}; ${placeOf(line)} was there ${when}. Was another --time-zone or --time-unit meant?`;
}

/** Lines that differ only in columns that the blueprint does not know: the topics keep them as imported. */
export function besideText(lines: readonly ChangedLine[]): string {
  const names = new Set(lines.flatMap(({ values }) => (values === null ? [] : different(values.now, values.then))));
  const which =
    names.size === 0 ? "" : ` (${[...names].slice(0, MOST_NAMES).join(", ")}${names.size > MOST_NAMES ? " …" : ""})`;
  return `${lines.length} lines differ from imported ones in columns that the blueprint does not know${which}: the imported ones stay as they were`;
}

export const remedy =
  "Imported lines are in windows, rows and models, and can't be taken back: import into a place of its own (another --dir, other brokers), or go on " +
  "here: --changed leave keeps the imported lines and leaves these out; --changed add adds observations, and decisions of other times, beside it";

const count = (lines: number): string => (lines === 1 ? "1 line differs" : `${lines} lines differ`);
const rest = (lines: number): readonly string[] => (lines > MOST_LINES ? [`and ${lines - MOST_LINES} more`] : []);

function lineText({ line, values }: ChangedLine): string {
  if (values === null) return placeOf(line);
  return `${placeOf(line)}: ${differenceText(values) || "its action is another one"}`;
}

function differenceText({ now, then }: NonNullable<ChangedLine["values"]>): string {
  const names = different(now, then);
  const of = (value: unknown): string => (value === undefined || value === null ? "missing" : shown(value));
  const all = names
    .slice(0, MOST_NAMES)
    .map((name) => `${name} is ${of(now[name])}, and was imported as ${of(then[name])}`);
  const more = names.length > MOST_NAMES ? [`and ${names.length - MOST_NAMES} columns more`] : [];
  return [...all, ...more].join("; ");
}

function placeOf({ file, line, isDecision, record, facts }: ComparedLine): string {
  const id = record === undefined ? "" : ` ${(record.value as { readonly decisionId: string }).decisionId}`;
  const at = new Date(facts.time).toISOString();
  return `${file}:${line} ${isDecision ? `decision${id} of` : `observation of decision${id} at`} ${at}`;
}

function different(now: Readonly<Record<string, unknown>>, then: Readonly<Record<string, unknown>>): readonly string[] {
  const names = new Set([...Object.keys(now), ...Object.keys(then)]);
  return [...names].filter((name) => String(now[name] ?? "") !== String(then[name] ?? ""));
}
