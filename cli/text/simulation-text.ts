import type { DayTold, Told } from "../simulator/simulate.ts";

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const share = (part: number, whole: number): string => `${whole === 0 ? 0 : Math.round((100 * part) / whole)} %`;

/** A line a day. */
export function dayText({ day, asked, byModel, opened }: DayTold): string {
  const date = new Date(day);
  return `${DAYS[date.getUTCDay()]} ${date.toISOString().slice(0, 10)}  asked ${asked}, by a model ${byModel}, opened ${opened}`;
}

/** What the readers and the app had of it. */
export function toldText({ asked, byModel, opened, loadedAhead, inTime }: Told): string {
  return [
    `asked ${asked}: ${byModel} decided by a model, ${asked - byModel} by the app's own rule (load on Wi-Fi)`,
    `of ${opened} openings ${share(inTime, opened)} were loaded ahead; of ${loadedAhead} loads ${share(loadedAhead - inTime, loadedAhead)} were for nothing`,
  ].join("\n");
}
