import { runLoop } from "../../loop/index.ts";
import { defineCommand } from "../define-command.ts";
import { among, flag, several } from "../flags/flag.ts";
import { address, httpFlagNames } from "../flags/http.ts";
import { readText } from "../process/read-text.ts";
import { sayNextSteps } from "../terminal/say-next-steps.ts";
import { stopOnSignals } from "../process/stopping.ts";
import { sayWarming } from "../text/blueprint-text.ts";
import { createLog } from "../text/log.ts";
import { restoreView } from "../terminal/restore-view.ts";

export const startCommand = defineCommand({
  name: "start",
  about: "run the loop until Ctrl-C: decide, join, train by schedule and by fresh rows",
  flags: {
    blueprint: several("--blueprint <file...>", "publish these blueprints first and make them live"),
    instanceId: flag(
      "--instance-id <name>",
      "of this process alone: a restart within the session moves no partition of the group",
    ),
    sync: flag("--sync <mode>", "when the embedded log is on the disk: each (write), interval or none (default)"),
    metrics: flag(
      "--metrics <[host:]port>",
      "serve Prometheus metrics at /metrics; without a host for this machine alone, with 0.0.0.0 for all that reach it",
      { parse: address },
    ),
    http: flag(
      "--http <[host:]port>",
      "answer HTTP requests, for this machine alone unless a host is named (docs/http.md)",
      { parse: address },
    ),
    httpTokensFile: flag("--http-tokens-file <file>", "roles and tokens of those who may ask, one a line"),
    httpAuth: flag("--http-auth <how>", "tokens (default), or none: who reaches the port may do everything", {
      parse: among("tokens", "none"),
    }),
  },
  async run({ settings, output, flags }) {
    const { blueprint, metrics } = flags;
    const log = createLog(output.json);
    const blueprints = blueprint.map((file) => ({ file, text: readText(file) }));
    const stopping = stopOnSignals(log);
    await runLoop({
      ...{ settings, log, blueprints, signal: stopping.signal, onEnding: stopping.begin },
      serve: metrics === undefined ? undefined : { ...metrics, setting: "--metrics" },
      httpNames: httpFlagNames,
      onWarming: sayWarming((line) => log.info({}, line)),
      onRestore: restoreView(log),
      onRunning: (place) => sayNextSteps(log, place, flags),
    });
  },
});
