/** Parts of a local time, by the proleptic Gregorian calendar and ISO-8601. */
export const CALENDAR_PARTS = [
  "minute",
  "hour",
  "dayOfWeek",
  "weekend",
  "day",
  "dayOfYear",
  "week",
  "month",
  "quarter",
  "year",
] as const;
export type CalendarPart = (typeof CALENDAR_PARTS)[number];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * Each from the time on the wall clock, in ms, as if the clock showed UTC. Days of the week are 1 (Monday) to 7, weekend
 * is 1 on 6 and 7, week is ISO-8601's, and everything else counts as calendars do.
 */
export const calendarPart: Readonly<Record<CalendarPart, (wallMs: number) => number>> = {
  minute: (wall) => modulo(Math.floor(wall / MINUTE), 60),
  hour: (wall) => modulo(Math.floor(wall / HOUR), 24),
  dayOfWeek: weekday,
  weekend: (wall) => (weekday(wall) > 5 ? 1 : 0),
  day: (wall) => new Date(wall).getUTCDate(),
  dayOfYear,
  week(wall) {
    // The year of a week is that of its Thursday.
    const thursday = wall + (4 - weekday(wall)) * DAY;
    return Math.floor((dayOfYear(thursday) - 1) / 7) + 1;
  },
  month: (wall) => new Date(wall).getUTCMonth() + 1,
  quarter: (wall) => Math.floor(new Date(wall).getUTCMonth() / 3) + 1,
  year: (wall) => new Date(wall).getUTCFullYear(),
};

/** The first of January 1970 was a Thursday. */
function weekday(wall: number): number {
  return modulo(Math.floor(wall / DAY) + 3, 7) + 1;
}

/** West of Greenwich 1970 begins before 0. */
const modulo = (number: number, by: number): number => ((number % by) + by) % by;

function dayOfYear(wall: number): number {
  return Math.floor((wall - Date.UTC(new Date(wall).getUTCFullYear(), 0, 1)) / DAY) + 1;
}
