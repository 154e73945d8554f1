import { Option, type Command } from "commander";
import { formatDuration, validBlueprints } from "../../blueprints/index.ts";
import { blueprintTable } from "../../operators/index.ts";
import { decisionRequests, observations } from "../../schemas/index.ts";
import { readTable, streamsLimits, type Backbone } from "../../streams/index.ts";
import { openTools } from "../../topologies/index.ts";
import { run, timesOf, withSettings } from "../command.ts";
import { connect, loopOptions, startLoopHere } from "../connect.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { buryLines } from "../history/bad-lines.ts";
import { Feed } from "../history/feed.ts";
import { readHistory, type BadLine } from "../history/read-history.ts";
import { progress } from "../progress.ts";
import type { SettingsFlags } from "../settings.ts";
import { tellUnreadable } from "../unreadable.ts";

const HOUR = 3_600_000;
const MOST_LINES_SHOWN = 20;

interface Flags extends SettingsFlags {
  readonly json?: boolean;
  readonly useCase: string;
  readonly decisions: string;
  readonly observations: string;
  readonly decisionId: string;
  readonly time: string;
  readonly observationTime?: string;
  readonly unit?: string;
  readonly timeUnit?: string;
  readonly timeZone?: string;
  readonly run?: boolean;
}

/** A broker takes away by its own clock, at once, what is older than a topic keeps. */
async function warnOfAge(backbone: Backbone, time: number, say: (line: string) => void): Promise<void> {
  if (backbone.kind !== "kafka") return;
  for (const { topic, retentionMs } of await backbone.retention([decisionRequests.name, observations.name])) {
    if (retentionMs === null || time > Date.now() - retentionMs) continue;
    const lasts = formatDuration(retentionMs);
    say(`${topic} keeps its records for ${lasts}: lines older than that will be read and then removed by the broker`);
  }
}

export function importCommand(parent: Command): void {
  withSettings(parent.command("import"))
    .description("publish history from files as events with their own times, in the order of those times")
    .requiredOption("--use-case <name>", "use case with a published blueprint")
    .requiredOption("--decisions <file>", "one decision a line: .csv, .csv.gz, .jsonl or .parquet, in time order")
    .requiredOption("--observations <file>", "one observation a line, in time order")
    .option("--decision-id <column>", "column of the decision id, in both files", "decision_id")
    .option("--time <column>", "column of the decision's time", "decision_ts")
    .option("--observation-time <column>", "column of the observation's time (default: event_ts, else --time)")
    .option("--time-unit <unit>", "of times that are numbers: s, ms, us or ns (absent: such a line is a bad one)")
    .option(
      "--time-zone <name>",
      "of times that name none, like Europe/Berlin or UTC (absent: such a line is a bad one)",
    )
    .option("--unit <columns>", "column of the unit, or several joined by + (default: the decision id)")
    .addOption(new Option("--run", "run the operators here until rows are made (default on the embedded backbone)"))
    .addOption(new Option("--no-run", "publish only; a running loop does the rest"))
    .addHelpText(
      "after",
      "\nA line that can't be used is named and goes to the dead letters; the rest goes on (exit code 4).",
    )
    .action((flags: Flags) =>
      run(flags, async ({ settings, output }) => {
        const connection = await connect(settings);
        try {
          const mayRun = connection.backbone.kind === "embedded" && !connection.shared;
          const options = loopOptions(settings, connection, "exact");
          const loop = (flags.run ?? mayRun) ? await startLoopHere(connection, options) : undefined;
          const tools = loop ?? (await openTools(options));
          const unreadable = tellUnreadable({ useCase: flags.useCase });
          tools.serdes.unreadable.listen(unreadable.tell);
          try {
            const table = await readTable(tools.backbone, tools.serdes, blueprintTable);
            const known = validBlueprints(table);
            const compiled = known.at(flags.useCase, Number.MAX_SAFE_INTEGER);
            if (compiled === undefined) {
              const problem = known.problemAt(flags.useCase, Number.MAX_SAFE_INTEGER);
              if (problem !== undefined) throw new UsageError(problem);
              const names = known.useCases().join(", ") || "none";
              throw new UsageError(
                `use case "${flags.useCase}" has no live blueprint (known: ${names}): loopstream blueprint publish FILE`,
              );
            }
            const feed = await Feed.open(tools, {
              groupId: `${settings.id}-import`,
              source: `import-${flags.useCase}`,
              stepMs: HOUR,
              replies: false,
            });
            const bar = progress("import", null, { enabled: !output.json });
            const shown: BadLine[] = [];
            const counts = { decisions: 0, observations: 0, events: 0, eventsWithoutDecision: 0, badLines: 0 };
            const columns = {
              decisionId: flags.decisionId,
              decisionTime: flags.time,
              observationTime: flags.observationTime ?? "event_ts",
              ...(flags.unit === undefined ? {} : { unit: flags.unit }),
              times: timesOf(flags),
            };
            let last = 0;
            const latest = Date.now() + streamsLimits.maxFutureMs;
            for await (const step of readHistory(flags, columns, compiled.blueprint, HOUR, latest)) {
              if (step.bad.length > 0) await buryLines(tools.publisher, step.bad, Math.max(last, step.until));
              counts.badLines += step.bad.length;
              shown.push(...step.bad.slice(0, MOST_LINES_SHOWN - shown.length));
              for (const { file, line, problem } of step.bad.slice(0, 5)) output.say(`${file}:${line} ${problem}`);
              if (step.requests.length + step.outcomes.length === 0) continue;
              if (last === 0) await warnOfAge(tools.backbone, step.until, (line) => output.say(line));
              await feed.publish(step);
              await loop?.application.idle();
              const observed = step.outcomes.filter(({ topic }) => topic.name === "observations").length;
              counts.decisions += step.requests.length;
              counts.observations += observed;
              counts.events += step.outcomes.length - observed;
              counts.eventsWithoutDecision += step.keyless;
              last = step.until;
              bar.update(counts.decisions, new Date(step.until).toISOString().slice(0, 13));
            }
            if (loop !== undefined && last > 0) {
              await feed.tick(last + compiled.blueprint.join.ttlMs);
              await loop.application.idle();
            }
            bar.stop();
            await feed.close();
            const result = { ...counts, lines: shown.map(({ file, line, problem }) => ({ file, line, problem })) };
            output.result(
              result,
              () =>
                `published ${counts.decisions} decisions, ${counts.observations} observations, ${counts.events} events` +
                (counts.eventsWithoutDecision === 0
                  ? ""
                  : `; ${counts.eventsWithoutDecision} events have the keys of their own line alone: their decision is not in the file before them, or its TTL was over`) +
                (counts.badLines === 0 ? "" : `; ${counts.badLines} bad lines are in the dead letters`),
            );
            const code = unreadable.end();
            return counts.badLines === 0 ? code : exitCodes.partly;
          } finally {
            await tools.close();
          }
        } finally {
          await connection.close();
        }
      }),
    );
}
