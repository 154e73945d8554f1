import type { Command } from "commander";
import { hideSecrets, streamsLimits, withoutSecrets } from "../streams/index.ts";
import { createOutput, type Output } from "./text/output.ts";
import { exitCodeOf, UsageError } from "./exit-codes.ts";
import { endSoon } from "./process/stopping.ts";
import type { Settings } from "../loop/index.ts";
import { readSettings, type SettingsFlags } from "./flags/settings.ts";
import { timeUnits } from "./times/epoch-time.ts";
import { readTimeCell, type TimeReading } from "./times/time-cell.ts";
import { timeZone } from "./times/time-zone.ts";

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
    process.exitCode = (await work({ settings: readSettings(flags), output: createOutput(flags.json === true) })) ?? 0;
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

/**
 * `name=value` pairs: true and false are booleans, "quotes" make a text, and so does what a number would not be written as (0042, 12E4,
 * digits beyond 2^53). The blueprint's types read a text as they read the number that it spells.
 */
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
  const number = Number(text);
  return Number.isFinite(number) && String(number) === text ? number : text;
}

/** A flag's time, in ms: ISO-8601 with its zone, a date (from midnight in UTC) or epoch milliseconds. The same on every machine. */
export function parseTime(text: string, flag: string): number {
  const isDate = /^\d{4}-\d\d-\d\d$/.test(text);
  const time = readTimeCell(isDate ? `${text}T00:00Z` : text, /^\d{12,}$/.test(text) ? { unit: "ms" } : {});
  if (typeof time === "number") return time;
  throw new UsageError(
    `${flag} ${text}: write a time with its zone, like 2013-03-01T00:00:00Z, a date, which begins in UTC, or milliseconds; from 1970 to 9999`,
  );
}

/** As `parseTime`, of something that has happened: what lies further ahead than records may would be a dead letter. */
export function parsePastTime(text: string, flag: string, now = Date.now()): number {
  const time = parseTime(text, flag);
  if (time <= now + streamsLimits.maxFutureMs) return time;
  throw new UsageError(
    `${flag} ${text}: lies ahead of this machine's clock, and the loop would refuse it. Is it right?`,
  );
}

/** How the times of files are read, by `--time-unit` and `--time-zone`. */
export function timesOf(flags: { readonly timeUnit?: string; readonly timeZone?: string }): TimeReading {
  const unit = timeUnits.find((known) => known === flags.timeUnit);
  if (flags.timeUnit !== undefined && unit === undefined) {
    throw new UsageError(`--time-unit ${flags.timeUnit}: write s, ms, us or ns`);
  }
  const zone = flags.timeZone === undefined ? undefined : timeZone(flags.timeZone);
  if (flags.timeZone !== undefined && zone === undefined) {
    throw new UsageError(
      `--time-zone ${flags.timeZone}: write a zone of the IANA database, like Europe/Berlin, or UTC`,
    );
  }
  return { ...(unit === undefined ? {} : { unit }), ...(zone === undefined ? {} : { zone }) };
}
