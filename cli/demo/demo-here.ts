import { join } from "node:path";
import { startAlone, type Loop, type Settings } from "../../loop/index.ts";
import { Outages, shownAddress } from "../../streams/index.ts";
import { exitCodes } from "../exit-codes.ts";
import { connectHere } from "../process/connection.ts";
import { root } from "../process/root.ts";
import { aborted, stopOnSignals, type Stopping } from "../process/stopping.ts";
import { createLog } from "../text/log.ts";
import type { Output } from "../text/output.ts";
import { flightFiles, flightSpan, runDemo, type DemoSummary } from "./demo.ts";
import { finishRun, openRun } from "./run-file.ts";
import { summaryText } from "./summary-text.ts";
import { createView } from "./view.ts";

export interface DemoHow {
  /** Ends with the summary; otherwise the loop stays up until a signal. */
  readonly once: boolean;
  /** Stops before this event time, ms. */
  readonly until: number | undefined;
}

/** Runs the demo, or goes on with a run that was stopped, in a folder of its own. @returns the exit code */
export async function demoHere(settings: Settings, output: Output, { once, until }: DemoHow): Promise<number> {
  const dir = join(settings.dir, "demo");
  const embedded = settings.brokers.length === 0;
  const { run, resumed } = openRun(dir, embedded ? "embedded" : settings.brokers.map(shownAddress).join(","));
  const own = { ...settings, dir, id: "demo" };
  const log = createLog(false);
  const outages = new Outages(log);
  const stopping = stopOnSignals(log);
  const connection = await connectHere(own, { prefix: embedded ? "" : `demo-${run.id}-`, outages, log });
  try {
    const onFailure = (error: unknown): void => output.say(`the loop has stopped: ${String(error)}`);
    const loop = await startAlone(own, connection, "exact", { outages, onFailure });
    try {
      output.say(
        resumed ? "going on with the run that was stopped" : "flights of the first quarter of 2013, hour by hour",
      );
      const summary = await viewed(loop, own.id, until, stopping);
      if (summary === undefined) {
        output.say("stopped; the same command goes on from here");
        return exitCodes.stopped;
      }
      finishRun(dir, run);
      output.result(summary, summaryText);
      if (!once && !output.json) await stayUp(output.say, stopping.signal);
      return exitCodes.ok;
    } finally {
      await loop.close();
    }
  } finally {
    await connection.close();
  }
}

/** The run with its view on stderr. `undefined`: a signal has stopped it. */
async function viewed(
  loop: Loop,
  id: string,
  until: number | undefined,
  stopping: Stopping,
): Promise<DemoSummary | undefined> {
  const { from, to } = flightSpan;
  const view = createView({ from, to: Math.min(to, until ?? to) });
  const running = runDemo({
    ...{ loop, id, files: flightFiles(root), signal: stopping.signal },
    onProgress: (progress) => view.progress(progress),
    onTrained: (line) => view.line(line),
    until,
  });
  const summary = await stopping.unlessStopped(running);
  view.close();
  return summary;
}

async function stayUp(say: (text: string) => void, signal: AbortSignal): Promise<void> {
  if (!process.stdin.isTTY) return;
  say("\nThe loop is still up; Ctrl-C stops it. Look around: `npm run loopstream -- --help`.");
  await aborted(signal);
}
