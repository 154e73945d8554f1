import { Cron } from "croner";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly words: readonly string[];
}

const FIELDS: readonly Field[] = [
  { name: "minute", min: 0, max: 59, words: [] },
  { name: "hour", min: 0, max: 23, words: [] },
  { name: "day of month", min: 1, max: 31, words: [] },
  { name: "month", min: 1, max: 12, words: MONTHS },
  { name: "day of week", min: 0, max: 7, words: DAYS },
];

const lines = new Map<string, Cron>();

/**
 * The first minute after `after` at which a cron line of five fields is due, ms, in UTC; null if it is never due again.
 * By cron's rule, a line that restricts both the day of the month and the day of the week is due on either. The time is
 * computed: a line that is rarely due costs no more.
 */
export function nextDue(line: string, after: number): number | null {
  let cron = lines.get(line);
  // Paused and without a function: it only computes, and sets no timer.
  if (cron === undefined) lines.set(line, (cron = new Cron(withRanges(line), { timezone: "UTC", paused: true })));
  return cron.nextRun(new Date(after))?.getTime() ?? null;
}

/** `5/10` is every tenth from 5 on: 5-59/10. */
function withRanges(line: string): string {
  const fields = line.trim().split(/\s+/);
  const written = fields.map((text, index) => text.replace(/(^|,)(\w+)\//g, `$1$2-${FIELDS[index]!.max}/`));
  return written.join(" ");
}

const EVERY: Readonly<Record<string, string>> = {
  hourly: "0 * * * *",
  hour: "0 * * * *",
  daily: "0 4 * * *",
  day: "0 4 * * *",
  midnight: "0 0 * * *",
  weekly: "0 4 * * 1",
  week: "0 4 * * 1",
  monthly: "0 4 1 * *",
  month: "0 4 1 * *",
};

/** The line that another notation probably means. */
export function cronHint(line: string): string {
  const fields = line.trim().split(/\s+/);
  const word = (fields.at(-1) ?? "").toLowerCase().replace(/^@/, "");
  if (fields.length < 3 && Object.hasOwn(EVERY, word)) return `write ${EVERY[word]!}`;
  if (fields.length === 6) return `without the seconds: ${fields.slice(1).join(" ").replaceAll("?", "*")}`;
  if (fields.includes("?")) return `write ${fields.join(" ").replaceAll("?", "*")}`;
  return "such as 0 4 * * 1 for Mondays at 4:00 UTC";
}

/** The problem of a cron line of five fields, or null. `nextDue` accepts every line without one. */
export function cronProblem(line: string): string | null {
  const fields = line.trim().split(/\s+/);
  if (fields.length !== FIELDS.length) {
    return `a schedule has five fields (minute, hour, day of month, month, day of week), found ${fields.length}`;
  }
  for (const [index, field] of FIELDS.entries()) {
    const text = fields[index] ?? "";
    for (const part of text.split(",")) {
      if (!fits(part, field)) return `"${text}" is no ${field.name} (${field.min}–${field.max}, *, a-b, */n, lists)`;
    }
  }
  return nextDue(line.trim(), 0) === null ? "this day never comes" : null;
}

function fits(part: string, field: Field): boolean {
  const match = /^(\*|(\w+)(?:-(\w+))?)(?:\/(\d{1,2}))?$/.exec(part);
  if (match === null || match[4] === "0" || match[4] === "00") return false;
  if (match[1] === "*") return true;
  const from = numberIn(match[2] ?? "", field);
  const to = match[3] === undefined ? from : numberIn(match[3], field);
  return from !== null && to !== null && from <= to;
}

function numberIn(text: string, { min, max, words }: Field): number | null {
  const word = words.indexOf(text.toLowerCase());
  if (word >= 0) return word + min;
  const value = /^\d{1,2}$/.test(text) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : null;
}
