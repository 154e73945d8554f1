import { stderrLine } from "../terminal/status-line.ts";
import { visible } from "../terminal/visible.ts";

export { table } from "./table.ts";

/** How a command speaks: people get text, programs one JSON value on the last line of stdout. */
export interface Output {
  readonly json: boolean;
  /** For people only: characters that can't be seen are told. */
  say(text: string): void;
  /** The result: printed as JSON, or as the text made from it. */
  result<T>(value: T, text: (value: T) => string): void;
}

export function createOutput(json: boolean): Output {
  return {
    json,
    say: (text) => stderrLine.above(() => void (json ? process.stderr : process.stdout).write(`${visible(text)}\n`)),
    result: (value, text) =>
      stderrLine.above(() => void process.stdout.write(`${json ? JSON.stringify(value) : text(value)}\n`)),
  };
}

/** An error for programs, on a line of its own. */
export const errorJson = (message: string, code?: string, next?: string): string =>
  `${JSON.stringify({ error: message, code, next })}\n`;

/** A time in ms as text, also a number that is no time: records may hold any number. */
export function shownTime(ms: number): string {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? `${ms} ms` : time.toISOString();
}
