import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { parseBlueprint } from "../../blueprints/index.ts";
import { startRetention, startSchedules, startTicker } from "../../topologies/index.ts";
import { publishBlueprint } from "../../topologies/index.ts";
import { run, withSettings } from "../command.ts";
import { connect, loopOptions, startLoopHere } from "../connect.ts";
import { createLog } from "../log.ts";
import { restoreReport } from "../restore-report.ts";
import { serveMetrics } from "../serve-metrics.ts";
import type { SettingsFlags } from "../settings.ts";

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
    .option("--metrics <port>", "serve Prometheus metrics on this port of the loopback address, at /metrics")
    .action((flags: Flags) =>
      run(flags, async ({ settings, output }) => {
        const log = createLog(output.json);
        const texts = (flags.blueprint ?? []).map((file) => ({ file, text: readFileSync(file, "utf8") }));
        for (const { file, text } of texts) parseBlueprint(text, file);
        const stop = new AbortController();
        process.once("SIGINT", () => stop.abort()).once("SIGTERM", () => stop.abort());
        const connection = await connect(settings);
        try {
          const loop = await startLoopHere(connection, {
            ...loopOptions(settings, connection, "live"),
            log,
            onRestore: restoreReport((line, text) => log.info(line, text)),
            onFailure: (error) => {
              log.error({ err: error }, "the loop has stopped");
              stop.abort(error);
            },
          });
          for (const { text } of texts) {
            const version = await publishBlueprint(loop, text);
            log.info(version, "blueprint is live");
          }
          const schedules = startSchedules(loop, {
            onTrained: (result) => log.info(result, "trained"),
            onError: (error) => log.error({ err: error }, "training failed; the model in production stays"),
          });
          const retention = startRetention(loop, (error) =>
            log.error({ err: error }, "topics keep the retention they have; tried again in an hour"),
          );
          const ticker = startTicker(loop);
          const metrics =
            flags.metrics === undefined
              ? undefined
              : await serveMetrics(loop.application.metrics, Number(flags.metrics));
          log.info({ backbone: connection.backbone.kind, dir: settings.dir }, "the loop is running; Ctrl-C stops it");
          await new Promise<void>((resolve) => stop.signal.addEventListener("abort", () => resolve(), { once: true }));
          log.info({}, "stopping");
          await metrics?.close();
          await ticker.close();
          await retention.close();
          await schedules.close();
          await loop.close();
          return stop.signal.reason instanceof DOMException ? 0 : 1;
        } finally {
          await connection.close();
        }
      }),
    );
}
