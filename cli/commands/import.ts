import type { Command } from "commander";
import { openTools } from "../../loop/index.ts";
import { run, withSettings } from "../command.ts";
import { connect, forHistory, historyMemory, loopOptions, startLoopHere } from "../connect.ts";
import { exitCodes } from "../exit-codes.ts";
import { withImportFlags, type ImportFlags } from "../history/import-flags.ts";
import { importHistory } from "../history/import-history.ts";
import { importJson, importText } from "../history/import-text.ts";
import { liveBlueprint } from "../live-blueprint.ts";
import { progress } from "../progress.ts";
import { tellUnreadable } from "../unreadable.ts";

export function importCommand(parent: Command): void {
  withImportFlags(withSettings(parent.command("import")))
    .description("publish history from files as events with their own times, in the order of those times")
    .action((flags: ImportFlags) =>
      run(flags, async ({ settings, output }) => {
        const connection = await connect(settings, undefined, undefined, undefined, historyMemory);
        try {
          const dryRun = flags.dryRun === true;
          const mayRun = connection.backbone.kind === "embedded" && !connection.shared;
          const options = loopOptions(forHistory(settings), connection, "exact");
          const loop = !dryRun && (flags.run ?? mayRun) ? await startLoopHere(connection, options) : undefined;
          const tools = loop ?? (await openTools(options));
          const unreadable = tellUnreadable({ useCase: flags.useCase });
          tools.serdes.unreadable.listen(unreadable.tell);
          const bar = progress("import", null, { enabled: !output.json });
          try {
            const { blueprint } = await liveBlueprint(tools, flags.useCase);
            const result = await importHistory({
              ...{ id: settings.id, tools, loop, blueprint, files: flags, flags, dryRun },
              strict: flags.strict === true,
              sort: flags.sort === true,
              say: output.say,
              onProgress: (lines, text) => bar.update(lines, text),
            });
            bar.stop();
            output.result(importJson(result), () => importText(result, dryRun));
            const code = unreadable.end();
            return result.counts.badLines === 0 ? code : exitCodes.partly;
          } finally {
            bar.stop();
            await tools.close();
          }
        } finally {
          await connection.close();
        }
      }),
    );
}
