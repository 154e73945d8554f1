import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { parseBlueprint } from "../../blueprints/index.ts";
import { createMetrics, Outages } from "../../streams/index.ts";
import {
  publishBlueprint,
  startRetention,
  startSchedules,
  startTicker,
  type Loop,
  type LoopOptions,
} from "../../topologies/index.ts";
import { run, withSettings } from "../command.ts";
import { connect, loopOptions, startLoopHere, type Connection } from "../connect.ts";
import { UsageError } from "../exit-codes.ts";
import { createLog } from "../log.ts";
import { patiently } from "../patiently.ts";
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
        for (const { file, text } of texts) parseBlueprint(text, file);
        const stopping = stopOnSignals(log);
        const metrics = createMetrics();
        const outages = new Outages(log, metrics);
        const server = flags.metrics === undefined ? undefined : await serveMetrics(metrics, portOf(flags.metrics));
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
          try {
            for (const { text } of texts) log.info(await publishBlueprint(loop, text), "blueprint is live");
            const schedules = startSchedules(loop, { onTrained: (result) => log.info(result, "trained") });
            const retention = startRetention(loop);
            const ticker = startTicker(loop);
            log.info({ backbone: connection.backbone.kind, dir: settings.dir }, "the loop is running; Ctrl-C stops it");
            await aborted(stopping.signal);
            log.info({}, "stopping");
            await Promise.all([ticker.close(), retention.close(), schedules.close()]);
          } finally {
            stopping.begin();
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

function portOf(text: string): number {
  const port = Number(text);
  if (text.trim() !== "" && Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new UsageError(`--metrics ${text}: write a port from 0 to 65535`);
}
