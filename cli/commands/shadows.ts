import { runShadows } from "../../loop/index.ts";
import { defineCommand } from "../define-command.ts";
import { UsageError } from "../exit-codes.ts";
import { flag } from "../flags/flag.ts";
import { checkLog } from "../process/connection.ts";
import { takeLowestPriority } from "../process/lowest-priority.ts";
import { stopOnSignals } from "../process/stopping.ts";
import { createLog } from "../text/log.ts";

export const shadowsCommand = defineCommand({
  name: "shadows",
  about: "run the versions that are in shadow, beside the loop, until Ctrl-C",
  flags: {
    useCase: flag("--use-case <name>", "only this use case's (default: all)"),
    version: flag("--blueprint <version>", "only this version, of --use-case"),
  },
  more:
    "\nIt may run anywhere that reaches the log, and several times: processes share the versions' partitions. The loop must run " +
    "too, since each version goes as far as the loop has decided.",
  async run({ settings, output, flags: { useCase, version } }) {
    if (version !== undefined && useCase === undefined) throw new UsageError("--blueprint needs --use-case");
    checkLog(settings);
    const log = createLog(output.json);
    const { signal } = stopOnSignals(log);
    takeLowestPriority();
    const asked = { ...(useCase === undefined ? {} : { useCase }), ...(version === undefined ? {} : { version }) };
    await runShadows({ settings, log, signal, asked });
  },
});
