import { expect, test } from "vitest";
import { cronProblem, nextDue } from "../../blueprints/cron.ts";
import { cronDue } from "../../trainer/triggers.ts";
import { random } from "./random.ts";

const DAY = 86_400_000;
const YEAR = Date.UTC(2026, 0, 1);

/** Days of 2026 at which the line is due. */
function daysOf(line: string): readonly string[] {
  const days = new Set<string>();
  for (let at = nextDue(line, YEAR - 1); at !== null && at < YEAR + 365 * DAY; at = nextDue(line, at)) {
    days.add(new Date(at).toISOString().slice(5, 10));
  }
  return [...days];
}

test("a line that names a day of the month and one of the week is due on either, as cron has it", () => {
  const days = daysOf("0 4 1 * 1");
  expect(days).toHaveLength(63);
  expect(days.slice(0, 4)).toEqual(["01-01", "01-05", "01-12", "01-19"]);
});

test.each([
  ["0 4 1 * *", 12],
  ["0 4 * * 1", 52],
  ["0 4 * * 7", 52],
  ["0 4 * * sun", 52],
  ["0 4 * * 5-7", 156],
  ["0 4 */10 * *", 43],
  ["0 4 5/10 * *", 36],
  ["0 4 * jan-mar mon", 13],
])("%s is due on %i days of a year", (line, count) => {
  expect(daysOf(line)).toHaveLength(count);
});

test("a line that is rarely due is found where it is, years away", () => {
  expect(new Date(nextDue("0 4 29 2 *", YEAR)!).toISOString()).toBe("2028-02-29T04:00:00.000Z");
});

test("it was due when its minute lies after the one time and not after the other", () => {
  const due = Date.UTC(2026, 0, 1, 4);
  expect(cronDue("0 4 1 1 *", due - 1, due)).toBe(true);
  expect(cronDue("0 4 1 1 *", due, due + 300 * DAY)).toBe(false);
  expect(cronDue("0 4 1 1 *", due - 400 * DAY, due + 300 * DAY)).toBe(true);
});

/** Cron's rule, minute by minute: word for word what the manual says. */
function isDue(line: string, at: number): boolean {
  const date = new Date(at);
  const fields = line.split(" ");
  const matches = (index: number, value: number, max: number): boolean =>
    fields[index]!.split(",").some((part) => {
      const [range, step] = part.split("/") as [string, string?];
      const [from, to] = range.split("-") as [string, string?];
      const first = range === "*" ? (index === 2 || index === 3 ? 1 : 0) : Number(from);
      const last = range === "*" ? max : to !== undefined ? Number(to) : step === undefined ? first : max;
      return value >= first && value <= last && (value - first) % Number(step ?? 1) === 0;
    });
  const day = matches(2, date.getUTCDate(), 31);
  const week = matches(4, date.getUTCDay(), 7) || (date.getUTCDay() === 0 && matches(4, 7, 7));
  const either = fields[2] !== "*" && fields[4] !== "*" ? day || week : day && week;
  return (
    matches(0, date.getUTCMinutes(), 59) &&
    matches(1, date.getUTCHours(), 23) &&
    matches(3, date.getUTCMonth() + 1, 12) &&
    either
  );
}

test("whatever line is accepted is due when cron's rule says so", () => {
  const next = random(7);
  const whole = (min: number, max: number): number => min + Math.floor(next() * (max - min + 1));
  const field = (min: number, max: number): string => {
    const kind = next();
    const [a, b] = [whole(min, max), whole(min, max)].sort((x, y) => x - y) as [number, number];
    if (kind < 0.35) return "*";
    if (kind < 0.6) return String(a);
    if (kind < 0.75) return `${a}-${b}`;
    if (kind < 0.9) return `${a}-${b}/${whole(1, 7)}`;
    return `${a},${b}`;
  };
  for (let round = 0; round < 40; round++) {
    const line = [field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7)].join(" ");
    if (cronProblem(line) !== null) continue;
    const start = YEAR + whole(0, 365) * DAY + whole(0, 1439) * 60_000;
    const found = nextDue(line, start);
    for (let at = start + 60_000; at < start + 30 * DAY && (found === null || at <= found); at += 60_000) {
      if (isDue(line, at)) {
        expect([line, new Date(found!).toISOString()]).toEqual([line, new Date(at).toISOString()]);
        break;
      }
    }
    if (found !== null) expect([line, isDue(line, found)]).toEqual([line, true]);
  }
});
