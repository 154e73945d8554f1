import type { Command } from "commander";
import { isEventTime } from "../streams/index.ts";
import { hideSecrets, withoutSecrets } from "../streams/index.ts";
import { createOutput, type Output } from "./output.ts";
import { exitCodeOf, UsageError } from "./exit-codes.ts";
import { endSoon } from "./stopping.ts";
import { readSettings, type Settings, type SettingsFlags } from "./settings.ts";

export interface Environment {
  readonly settings: Settings;
  readonly output: Output;
}

/** The flags that every command has. */
export function withSettings(command: Command): Command {
  return command
    .option("--brokers <list>", "Kafka brokers, host:port,… (absent: the embedded backbone)")
    .option("--registry <url>", "Confluent-compatible schema registry")
    .option("--dir <path>", "directory of the embedded backbone and of local state")
    .option("--partitions <n>", "partitions of topics that are made new")
    .option("--state-engine <name>", "what keeps local state: leveldb (default) or rocksdb, which needs rocksdb-native")
    .option("--config <file>", "settings file (default: loopstream.yaml where there is one)")
    .option("--json", "print the result as JSON on the last line");
}

/** Runs a command's work; an error is told in one line on stderr and becomes the exit code. */
export async function run(
  flags: SettingsFlags & { readonly json?: boolean },
  work: (environment: Environment) => Promise<number | void>,
): Promise<void> {
  try {
    process.exitCode = (await work({ settings: settingsOf(flags), output: createOutput(flags.json === true) })) ?? 0;
  } catch (error) {
    hideSecrets(error);
    const message = withoutSecrets(error instanceof Error ? error.message : String(error));
    if (flags.json === true) process.stdout.write(`${JSON.stringify({ error: message })}\n`);
    process.stderr.write(`loopstream: ${message}\n`);
    if (process.env["LOOPSTREAM_DEBUG"] !== undefined) console.error(error);
    process.exitCode = exitCodeOf(error);
  } finally {
    endSoon();
  }
}

function settingsOf(flags: SettingsFlags): Settings {
  try {
    return readSettings(flags);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** `name=value` pairs: true, false and numbers are what they look like, "quotes" make a text. */
export function parsePairs(pairs: readonly string[]): Record<string, string | number | boolean> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw new UsageError(`"${pair}": write name=value`);
      return [pair.slice(0, at), valueOf(pair.slice(at + 1))];
    }),
  );
}

function valueOf(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  if (/^".*"$/.test(text)) return text.slice(1, -1);
  return text !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** An ISO time or epoch milliseconds. */
export function parseTime(text: string, flag: string): number {
  const time = /^\d{12,}$/.test(text) ? Number(text) : isOtherNumber(text) ? Number.NaN : Date.parse(text);
  if (!isEventTime(time))
    throw new UsageError(`${flag} ${text}: write a time from 1970 to 9999, like 2013-03-01T00:00:00Z, or milliseconds`);
  return time;
}

/** JavaScript reads "-1" and "1.5" as days of 2001. A year is a time. */
export const isOtherNumber = (text: string): boolean => Number.isFinite(Number(text)) && !/^\d{4}$/.test(text);

/** An ISO time that says its zone, a date (from midnight UTC) or epoch milliseconds: the same on every machine. */
export function parseZonedTime(text: string, flag: string): number {
  const zoned = /^\d{12,}$/.test(text) || /^\d{4}-\d{2}-\d{2}(T.*(Z|[+-]\d{2}:?\d{2}))?$/i.test(text);
  if (!zoned) throw new UsageError(`${flag} ${text}: write a time with its zone, like 2013-03-01T00:00:00Z`);
  return parseTime(text, flag);
}
