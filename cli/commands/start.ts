import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { checkBlueprint } from "../../blueprints/index.ts";
import { createMetrics, Outages, type Metrics } from "../../streams/index.ts";
import {
  publishBlueprint,
  startReports,
  startRetention,
  startSchedules,
  startTicker,
  type Loop,
  type LoopOptions,
  type Running,
} from "../../loop/index.ts";
import { sayWarming } from "../blueprint-text.ts";
import { run, withSettings } from "../command.ts";
import { connect, loopOptions, startLoopHere, type Connection } from "../connect.ts";
import { UsageError } from "../exit-codes.ts";
import { createLog } from "../log.ts";
import { patiently } from "../patiently.ts";
import { parsePort } from "../numbers.ts";
import { restoreReport } from "../restore-report.ts";
import { serveMetrics } from "../serve-metrics.ts";
import type { Settings, SettingsFlags } from "../settings.ts";
import { aborted, stopOnSignals } from "../stopping.ts";

interface Flags extends SettingsFlags {
  readonly json?: boolean;
  readonly blueprint?: readonly string[];
  readonly metrics?: string;
}

export function startCommand(parent: Command): void {
  withSettings(parent.command("start"))
    .description("run the loop until Ctrl-C: decide, join, train by schedule and by fresh rows")
    .option("--blueprint <file...>", "publish these blueprints first and make them live")
    .option(
      "--instance-id <name>",
      "of this process alone: a restart within the session moves no partition of the group",
    )
    .option("--sync <mode>", "when the embedded log is on the disk: each (write), interval or none (default)")
    .option("--metrics <port>", "serve Prometheus metrics on this port of the loopback address, at /metrics")
    .action((flags: Flags) =>
      run(flags, async ({ settings, output }) => {
        const log = createLog(output.json);
        const texts = (flags.blueprint ?? []).map((file) => ({ file, text: readFileSync(file, "utf8") }));
        for (const { file, text } of texts) {
          for (const { message, path, line } of checkBlueprint(text, file).warnings) log.warn({ path, line }, message);
        }
        const stopping = stopOnSignals(log);
        const metrics = createMetrics();
        const outages = new Outages(log, metrics);
        const server = flags.metrics === undefined ? undefined : await serveOn(flags.metrics, metrics);
        let failure: unknown;
        const open = (): Promise<Opened> =>
          openLoop(settings, {
            ...{ log, metrics, outages },
            onRestore: restoreReport((line, text) => log.info(line, text)),
            onFailure(error) {
              failure = error;
              stopping.begin();
            },
          });
        try {
          const { brokers, registry, dir } = settings;
          log.info(brokers.length === 0 ? { dir } : { brokers, registry }, "connecting");
          const opening = patiently(outages.of("start"), stopping.signal, open);
          const opened = await stopping.unlessStopped(opening);
          if (opened === undefined) {
            log.info({}, "stopped before the loop was running");
            return;
          }
          const { loop, connection } = opened;
          const beside: Running[] = [];
          try {
            beside.push(startTicker(loop), startReports(loop));
            const onWarming = sayWarming((line) => log.info({}, line));
            for (const { text } of texts) {
              const publishing = publishBlueprint(loop, text, undefined, { signal: stopping.signal, onWarming });
              const published = await stopping.unlessStopped(publishing);
              if (published !== undefined) log.info(published, "blueprint is live");
            }
            beside.push(
              startSchedules(loop, { onTrained: (result) => log.info(result, "trained") }),
              startRetention(loop),
            );
            log.info({ backbone: connection.backbone.kind, dir: settings.dir }, "the loop is running; Ctrl-C stops it");
            await aborted(stopping.signal);
            log.info({}, "stopping");
          } finally {
            stopping.begin();
            await Promise.all(beside.map((running) => running.close()));
            await opened.close();
          }
          if (failure !== undefined) throw failure;
        } finally {
          await server?.close();
        }
      }),
    );
}

interface Opened {
  readonly loop: Loop;
  readonly connection: Connection;
  close(): Promise<void>;
}

type Reports = Pick<LoopOptions, "onRestore" | "onFailure"> &
  Required<Pick<LoopOptions, "log" | "metrics" | "outages">>;

/** One attempt: what it has opened is closed again where it fails. */
async function openLoop(settings: Settings, reports: Reports): Promise<Opened> {
  const connection = await connect(settings, "", reports.outages, reports.log);
  try {
    const loop = await startLoopHere(connection, { ...loopOptions(settings, connection, "live"), ...reports });
    return {
      loop,
      connection,
      async close() {
        await loop.close().finally(() => connection.close());
      },
    };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function serveOn(text: string, metrics: Metrics): ReturnType<typeof serveMetrics> {
  const port = parsePort(text, "--metrics");
  try {
    return await serveMetrics(metrics, port);
  } catch (error) {
    throw new UsageError(`--metrics ${text}: ${portProblem(error)}`, { cause: error });
  }
}

function portProblem(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return "the port is taken by another program: name another one, or 0 for any that is free";
  if (code === "EACCES") return "this user may not open the port: name one from 1024 up";
  return `the port can't be opened: ${message}`;
}
