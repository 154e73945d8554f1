import { mkdir } from "node:fs/promises";
import type { Command } from "commander";
import { forHistory, historyMemory, loopOptions, openTools, startAlone, type Settings } from "../../loop/index.ts";
import { StreamsError } from "../../streams/index.ts";
import { run, withSettings } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { withImportFlags, type ImportFlags } from "../history/import-flags.ts";
import { importHistory } from "../history/import-history.ts";
import { importJson, importText } from "../history/import-text.ts";
import { alone } from "../process/alone.ts";
import { connectHere } from "../process/connection.ts";
import { liveBlueprint } from "../process/live-blueprint.ts";
import type { Output } from "../text/output.ts";
import { progress } from "../text/progress.ts";
import { tellUnreadable } from "../text/unreadable.ts";

export function importCommand(parent: Command): void {
  withImportFlags(withSettings(parent.command("import")))
    .description("publish history from files as events with their own times, in the order of those times")
    .action((flags: ImportFlags) =>
      run(flags, async ({ settings, output }) => {
        const letGo = flags.dryRun === true ? undefined : await holdImport(settings, flags.useCase);
        try {
          return await importWith(flags, settings, output);
        } finally {
          await letGo?.();
        }
      }),
    );
}

async function importWith(flags: ImportFlags, settings: Settings, output: Output): Promise<number> {
  const connection = await connectHere(settings, { memory: historyMemory });
  try {
    const dryRun = flags.dryRun === true;
    const mayRun = connection.backbone.kind === "embedded" && !connection.shared;
    const own = forHistory(settings);
    const runs = !dryRun && (flags.run ?? mayRun);
    const loop = runs ? await startAlone(own, connection, "exact") : undefined;
    const tools = loop ?? (await openTools(loopOptions(own, connection, "exact")));
    const unreadable = tellUnreadable({ useCase: flags.useCase });
    tools.serdes.unreadable.listen(unreadable.tell);
    const bar = progress("import", null, { enabled: !output.json });
    try {
      const { blueprint } = await liveBlueprint(tools, flags.useCase);
      const result = await importHistory({
        ...{ id: settings.id, tools, loop, blueprint, files: flags, flags, dryRun },
        strict: flags.strict === true,
        sort: flags.sort === true,
        changed: flags.changed,
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
}

/**
 * In one directory an import is kept out while another one of the use case is at work: that one may run the loop, and would be ended. On Kafka the later
 * one ends the former.
 */
async function holdImport({ brokers, dir }: Settings, useCase: string): Promise<(() => Promise<void>) | undefined> {
  if (brokers.length > 0) return undefined;
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const letGo = await alone(dir, `import-${useCase}`);
  if (letGo !== undefined) return letGo;
  throw new StreamsError(
    "BACKBONE_LOCKED",
    `another import of ${useCase} is at work in ${dir}: wait for its end, then give this command again`,
  );
}
