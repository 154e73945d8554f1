import { join } from "node:path";
import type { Command } from "commander";
import { Outages, shownAddress } from "../../streams/index.ts";
import { startAlone } from "../../loop/index.ts";
import { parseTime, run, withSettings } from "../command.ts";
import { flightFiles, runDemo } from "../demo/demo.ts";
import { finishRun, openRun } from "../demo/run-file.ts";
import { summaryText } from "../demo/summary-text.ts";
import { createView } from "../demo/view.ts";
import { connectHere } from "../process/connection.ts";
import { root } from "../process/root.ts";
import { createLog } from "../text/log.ts";
import type { SettingsFlags } from "../flags/settings.ts";
import { aborted, stopOnSignals } from "../process/stopping.ts";

interface Flags extends SettingsFlags {
  readonly json?: boolean;
  readonly once?: boolean;
  readonly until?: string;
}

export function demoCommand(parent: Command): void {
  withSettings(parent.command("demo"))
    .description("replay the flights of a quarter through the whole loop; a killed run goes on where it was")
    .option("--once", "print the summary and exit (without it: the same, then the loop stays up until Ctrl-C)")
    .option("--until <time>", "stop before this event time")
    .action((flags: Flags) =>
      run(flags, async ({ settings, output }) => {
        const dir = join(settings.dir, "demo");
        const where = settings.brokers.length === 0 ? "embedded" : settings.brokers.map(shownAddress).join(",");
        const { run: current, resumed } = openRun(dir, where);
        const own = { ...settings, dir, id: "demo" };
        const log = createLog(false);
        const outages = new Outages(log);
        const stopping = stopOnSignals(log);
        const connection = await connectHere(own, {
          prefix: settings.brokers.length === 0 ? "" : `demo-${current.id}-`,
          ...{ outages, log },
        });
        try {
          const loop = await startAlone(own, connection, "exact", {
            outages,
            onFailure: (error) => output.say(`the loop has stopped: ${String(error)}`),
          });
          try {
            output.say(
              resumed ? "going on with the run that was stopped" : "flights of the first quarter of 2013, hour by hour",
            );
            const view = createView(process.stderr);
            const running = runDemo({
              loop,
              id: own.id,
              files: flightFiles(root),
              onProgress: (progress) => view.progress(progress),
              onTrained: (line) => view.line(line),
              ...(flags.until === undefined ? {} : { until: parseTime(flags.until, "--until") }),
              signal: stopping.signal,
            });
            const summary = await stopping.unlessStopped(running);
            view.close();
            if (summary === undefined) {
              output.say("stopped; the same command goes on from here");
              return 130;
            }
            finishRun(dir, current);
            output.result(summary, summaryText);
            if (flags.once !== true && !output.json) await stayUp(output.say, stopping.signal);
          } finally {
            await loop.close();
          }
        } finally {
          await connection.close();
        }
      }),
    );
}

async function stayUp(say: (text: string) => void, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY) return;
  say("\nThe loop is still up; Ctrl-C stops it. Look around: `npm run loopstream -- --help`.");
  await aborted(signal);
}
