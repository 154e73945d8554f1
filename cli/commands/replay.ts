import { join } from "node:path";
import type { Command } from "commander";
import { durationMeant, parseDuration } from "../../blueprints/index.ts";
import { Outages } from "../../streams/index.ts";
import { BESIDE_LIVE, courtesy, replay, ReplayError, stateMemoryOf, type ReplayResult } from "../../loop/index.ts";
import { parseTime, run, withSettings } from "../command.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { parseDecimal, shown } from "../flags/numbers.ts";
import { connectHere } from "../process/connection.ts";
import { createLog } from "../text/log.ts";
import { takeLowestPriority } from "../process/lowest-priority.ts";
import { progress } from "../text/progress.ts";
import type { SettingsFlags } from "../flags/settings.ts";
import { tellUnreadable } from "../text/unreadable.ts";
import { stopOnSignals } from "../process/stopping.ts";

const STOPPED = 130;
/** Nobody waits for a replay's answers, and each commit is work for the brokers. */
const COMMIT_INTERVAL_MS = 5_000;

interface Flags extends SettingsFlags {
  readonly json?: boolean;
  readonly useCase: string;
  readonly from?: string;
  readonly to?: string;
  readonly blueprint?: string;
  readonly into?: string;
  readonly step: string;
  readonly lateness: string;
  readonly pace?: string;
  readonly fresh?: boolean;
  readonly incomplete?: boolean;
  readonly stats?: boolean;
}

export function replayCommand(parent: Command): void {
  withSettings(parent.command("replay"))
    .description(
      "make the decisions of a time again, from the retained topics, beside the live group; prints counts and the rows' sha256",
    )
    .requiredOption("--use-case <name>", "whose decisions")
    .option("--from <time>", "decided at or after (default: all that is retained)")
    .option("--to <time>", "decided before (default: all that is retained)")
    .option("--blueprint <version>", "features and rows of this version, instead of the one that was live")
    .option("--into <topic>", "where the rows go (default: a topic of the replay's own)")
    .option("--step <duration>", "event time that is held in memory at once; changes no row", "1d")
    .option("--lateness <duration>", "how far a record may come behind a newer one of its partition", "1h")
    .option(
      "--pace <share>",
      `share of the time to work in, above 0 to 1 (default: all of it, and ${BESIDE_LIVE} while the live loop is being asked)`,
    )
    .option("--stats", "make the hourly statistics too")
    .option("--incomplete", "go on where features can't be computed from what is on the topics, and say which")
    .option("--fresh", "start over, in topics of a new name")
    .addHelpText("after", "\nA replay that was stopped goes on where it was when the same command is given again.")
    .action((flags: Flags) =>
      run(flags, async ({ settings, output }) => {
        const time = (text: string | undefined, flag: string): number | undefined =>
          text === undefined ? undefined : parseTime(text, flag);
        const [from, to] = [time(flags.from, "--from"), time(flags.to, "--to")];
        const [stepMs, latenessMs] = [durationOf(flags.step, "--step"), durationOf(flags.lateness, "--lateness")];
        const pace = flags.pace === undefined ? undefined : paceOf(flags.pace);
        const log = createLog(false);
        const outages = new Outages(log);
        const { signal } = stopOnSignals(log);
        takeLowestPriority();
        const connection = await connectHere(settings, { outages, log });
        let bar: ReturnType<typeof progress> | undefined;
        try {
          const { backbone, registry, subjectPrefix } = connection;
          const { stateEngine, partitions, salt } = settings;
          const unreadable = tellUnreadable({ useCase: flags.useCase, rowsTopic: flags.into });
          const result = await replay({
            backbone,
            registry,
            stateEngine,
            ...stateMemoryOf(settings),
            partitions,
            salt,
            subjectPrefix,
            commitIntervalMs: COMMIT_INTERVAL_MS,
            request: {
              useCase: flags.useCase,
              ...(from === undefined ? {} : { from }),
              ...(to === undefined ? {} : { to }),
              ...(flags.blueprint === undefined ? {} : { blueprintVersion: flags.blueprint }),
              ...(flags.into === undefined ? {} : { into: flags.into }),
            },
            dir: join(settings.dir, "replays"),
            stepMs: Math.max(1, stepMs),
            latenessMs,
            statistics: flags.stats === true,
            fresh: flags.fresh === true,
            incomplete: flags.incomplete === true,
            onUnreadable: unreadable.tell,
            onStep({ until, requests, total }) {
              bar ??= progress("replay", total, { enabled: !output.json });
              bar.update(requests, new Date(until).toISOString().slice(0, 13));
            },
            pacing: courtesy(backbone, pace === undefined ? {} : { share: pace }),
            outages,
            signal,
          });
          bar?.stop();
          if (result === undefined) {
            output.say("stopped; the same command goes on from here");
            return STOPPED;
          }
          output.result(result, resultText);
          const code = unreadable.end();
          return result.deadLetters === 0 ? code : exitCodes.partly;
        } catch (error) {
          if (error instanceof ReplayError) throw new UsageError(error.message);
          throw error;
        } finally {
          bar?.stop();
          await connection.close();
        }
      }),
    );
}

function durationOf(text: string, flag: string): number {
  const ms = parseDuration(text);
  if (ms === null) {
    const meant = durationMeant(text);
    const hint = meant === null ? "write a duration like 90m, 6h or 1d" : `did you mean ${meant}?`;
    throw new UsageError(`${flag} ${shown(text)}: ${hint}`);
  }
  return ms;
}

function paceOf(text: string): number {
  const pace = parseDecimal(text);
  if (pace > 0 && pace <= 1) return pace;
  throw new UsageError(`--pace ${shown(text)}: write a share above 0 to 1`);
}

function resultText(result: ReplayResult): string {
  const n = (value: number): string => value.toLocaleString("en");
  const time = (ms: number): string => new Date(ms).toISOString();
  const { rows, decisions, expired, waiting, late, deadLetters, blueprintVersion, missing, newer } = result;
  const all = rows.provisional + rows.mature + rows.corrected;
  return [
    `decisions     ${n(decisions)} of ${result.useCase}, ${time(result.from)} to ${time(result.to)}, ` +
      (blueprintVersion === null ? "by the versions that were live" : `by version ${blueprintVersion}`),
    `rows          ${n(all)}: ${n(rows.mature)} mature, ${n(rows.provisional)} provisional, ${n(rows.corrected)} corrected`,
    `expired       ${n(expired)} without a label; ${n(waiting)} still wait for theirs`,
    `dead letters  ${n(deadLetters)}; ${n(late)} records came later than --lateness`,
    `rows topic    ${result.rowsTopic}`,
    `rows sha256   ${result.rowsSha256}`,
    ...missing.map((line) => `missing       ${line}`),
    ...(newer === null
      ? []
      : [
          `since then    ${n(newer.requests)} requests, ${n(newer.observations)} observations and ${n(newer.events)} events came, up to ` +
            `${time(newer.until)}: they are not in it; --fresh makes it again with them`,
        ]),
    `leaves        topics ${result.replay}-…, which nothing removes: see replay.md`,
    `took          ${result.seconds} s, ${n(result.decisionsPerSecond)} decisions/s, ${n(result.timesLive)} times as fast as live`,
  ].join("\n");
}
