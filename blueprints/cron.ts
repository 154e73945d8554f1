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

/** What is wrong with a cron line of five fields, or null. */
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
  return null;
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
