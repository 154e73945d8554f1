import type { Timer } from "../operator.ts";

/**
 * A timer is a key of the state, ordered by time within its line: `\u0002`, time, operator, key for those of no line, and `\u0003`, line, time,
 * operator, key for the others. State of older builds has the former only.
 */

export interface OperatorTimer extends Timer {
  readonly operator: string;
  /** The name of its timeline; empty: none. */
  readonly line: string;
}

const UNLINED = "\u0002";
const LINED = "\u0003";

/** Times before 1970 don't occur in event streams; 16 digits order the others. */
const padded = (time: number): string => String(Math.max(0, Math.floor(time))).padStart(16, "0");
const prefixOf = (line: string): string => (line === "" ? UNLINED : `${LINED}${line}\0`);

export const timerKey = (line: string, operator: string, time: number, key: string): string =>
  `${prefixOf(line)}${padded(time)}\0${operator}\0${key}`;

/** Before the first key of a line that is not before `time`. */
export const keyFrom = (line: string, time: number): string => prefixOf(line) + padded(time);
/** Behind the last key of a line. */
export const endOf = (line: string): string => (line === "" ? LINED : `${LINED}${line}\u0001`);

export const isTimer = (key: string): boolean => key.startsWith(UNLINED) || key.startsWith(LINED);

/** Start of the keys of all lines; and the line of a timer's key. */
export const FIRST_LINE = LINED;
export const lineOf = (key: string): string => (key.startsWith(LINED) ? key.slice(1, key.indexOf("\0")) : "");
/** Behind the keys of all lines. */
export const BEHIND_LINES = "\u0004";

const timeAt = (key: string): number => (key.startsWith(UNLINED) ? 1 : key.indexOf("\0") + 1);

export function timeOf(key: string): number {
  const at = timeAt(key);
  return Number(key.slice(at, at + 16));
}

export function timerOf(key: string): OperatorTimer {
  const at = timeAt(key);
  const [time, operator, ...rest] = key.slice(at).split("\0");
  return { time: Number(time), operator: operator!, key: rest.join("\0"), line: key.slice(1, Math.max(1, at - 1)) };
}
