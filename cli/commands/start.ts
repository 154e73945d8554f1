import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { checkBlueprint } from "../../blueprints/index.ts";
import { publishBlueprint, start, type Place } from "../../loop/index.ts";
import type { Log } from "../../streams/index.ts";
import { run, withSettings } from "../command.ts";
import { parsePort } from "../flags/numbers.ts";
import type { SettingsFlags } from "../flags/settings.ts";
import { aborted, stopOnSignals, type Stopping } from "../process/stopping.ts";
import { sayWarming } from "../text/blueprint-text.ts";
import { createLog } from "../text/log.ts";

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
        const texts = readTexts(flags.blueprint ?? [], log);
        const stopping = stopOnSignals(log);
        let failure: unknown;
        const place = await start({
          ...{ settings, log, signal: stopping.signal },
          serve:
            flags.metrics === undefined
              ? undefined
              : { port: parsePort(flags.metrics, "--metrics"), setting: "--metrics" },
          onFailure(error) {
            failure = error;
            stopping.begin();
          },
        });
        if (place === undefined) return log.info({}, "stopped before the loop was running");
        try {
          await publishAll(texts, place, stopping, log);
          const { kind } = place.connection.backbone;
          log.info({ backbone: kind, dir: settings.dir }, "the loop is running; Ctrl-C stops it");
          await aborted(stopping.signal);
          log.info({}, "stopping");
        } finally {
          stopping.begin();
          await place.close();
        }
        if (failure !== undefined) throw failure;
      }),
    );
}

function readTexts(files: readonly string[], log: Log): readonly string[] {
  return files.map((file) => {
    const text = readFileSync(file, "utf8");
    for (const { message, path, line } of checkBlueprint(text, file).warnings) log.warn({ path, line }, message);
    return text;
  });
}

async function publishAll(texts: readonly string[], { tools }: Place, stopping: Stopping, log: Log): Promise<void> {
  const onWarming = sayWarming((line) => log.info({}, line));
  for (const text of texts) {
    const publishing = publishBlueprint(tools, text, undefined, { signal: stopping.signal, onWarming });
    const published = await stopping.unlessStopped(publishing);
    if (published !== undefined) log.info(published, "blueprint is live");
  }
}
