import { join } from "node:path";
import type { Command } from "commander";
import { connect, loopOptions, root, startLoopHere } from "../connect.ts";
import { parseTime, run, withSettings } from "../command.ts";
import { flightFiles, runDemo } from "../demo/demo.ts";
import { finishRun, openRun } from "../demo/run-file.ts";
import { summaryText } from "../demo/summary-text.ts";
import { createView } from "../demo/view.ts";
import type { SettingsFlags } from "../settings.ts";

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
        const where = settings.brokers.length === 0 ? "embedded" : settings.brokers.join(",");
        const { run: current, resumed } = openRun(dir, where);
        const own = { ...settings, dir, id: "demo" };
        const connection = await connect(own, settings.brokers.length === 0 ? "" : `demo-${current.id}-`);
        const stop = new AbortController();
        const onSignal = (): void => stop.abort();
        process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
        try {
          const loop = await startLoopHere(connection, {
            ...loopOptions(own, connection, "exact"),
            onFailure: (error) => output.say(`the loop has stopped: ${String(error)}`),
          });
          try {
            output.say(
              resumed ? "going on with the run that was stopped" : "flights of the first quarter of 2013, hour by hour",
            );
            const view = createView(process.stderr);
            const summary = await runDemo({
              loop,
              id: own.id,
              files: flightFiles(root),
              onProgress: (progress) => view.progress(progress),
              onTrained: (line) => view.line(line),
              ...(flags.until === undefined ? {} : { until: parseTime(flags.until, "--until") }),
              signal: stop.signal,
            });
            view.close();
            if (summary === undefined) {
              output.say("stopped; the same command goes on from here");
              return 130;
            }
            finishRun(dir, current);
            output.result(summary, summaryText);
            if (flags.once !== true && !output.json) await stayUp(output.say, stop.signal);
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
  await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
