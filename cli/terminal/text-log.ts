import { withoutSecrets, type Log } from "../../streams/index.ts";
import { visibleLine } from "./visible.ts";

export type Level = "info" | "warn" | "error";

export interface TextLogOptions {
  /** Takes one whole line, without its end. */
  readonly write: (line: string) => void;
  /** Colours the level, for a terminal. */
  readonly colours?: boolean;
  readonly now?: () => Date;
}

/** A log for people: the time, the level as a word, a sentence, and the facts as `name=value`. No password is in it. */
export function textLog({ write, colours = false, now = () => new Date() }: TextLogOptions): Log {
  const at =
    (level: Level) =>
    (fields: object, message: string): void =>
      write(textLine(now(), level, fields, message, colours));
  return Object.freeze({ info: at("info"), warn: at("warn"), error: at("error") });
}

const COLOUR: Readonly<Record<Level, string>> = { info: "", warn: "\u001b[33m", error: "\u001b[31m" };
const DIM = "\u001b[2m";
const PLAIN = "\u001b[0m";

/** @param time is shown as this machine's local time. */
export function textLine(time: Date, level: Level, fields: object, message: string, colours: boolean): string {
  const painted = (text: string, colour: string): string =>
    !colours || colour === "" || text === "" ? text : `${colour}${text}${PLAIN}`;
  const facts = Object.entries(fields)
    .filter(([, value]) => !isEmpty(value) && !(typeof value === "string" && message.startsWith(`${value}:`)))
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(" ");
  const parts = [
    localTime(time),
    painted(level.padEnd(5), COLOUR[level]),
    visibleLine(withoutSecrets(message)),
    painted(visibleLine(withoutSecrets(facts)), DIM),
  ];
  return parts.join("  ").trimEnd();
}

function localTime(time: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${day} ${[two(time.getHours()), two(time.getMinutes()), two(time.getSeconds())].join(":")}`;
}

/** Nothing is said of it, such as a list without entries. */
const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);

/** A text of letters, figures and a few signs stands bare, any other one in quotes; lists have commas. */
function valueText(value: unknown): string {
  if (typeof value === "string") return /^[\w.:/@+,-]+$/.test(value) ? value : JSON.stringify(value);
  if (Array.isArray(value) && value.every((one) => typeof one !== "object")) return valueText(value.join(","));
  if (value instanceof Error) return JSON.stringify(value.message);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
