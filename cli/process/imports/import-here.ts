import { askedVersion } from "../../../catalogue/index.ts";
import {
  forHistory,
  importMemory,
  importHistory,
  loopOptions,
  openTools,
  startAlone,
  type ImportResult,
  type Settings,
} from "../../../loop/index.ts";
import { makeFolder, StreamsError } from "../../../streams/index.ts";
import type { ImportFlags } from "../../flags/import-flags.ts";
import type { Output } from "../../text/output.ts";
import { progress } from "../../text/progress.ts";
import type { Unreadable } from "../../text/unreadable.ts";
import { alone } from "../alone.ts";
import { importTables } from "./import-tables.ts";
import { checkLog, connectHere } from "../connection.ts";
import { readVersions } from "../blueprints/versions.ts";

/** Imports files in this process, with a progress bar. The loop runs here too, unless it runs elsewhere. */
export async function importHere(
  settings: Settings,
  output: Output,
  flags: ImportFlags,
  unreadable: Unreadable,
): Promise<ImportResult> {
  const { useCase, dryRun, strict, sort, changed } = flags;
  const tablesOf = importTables(flags);
  checkLog(settings);
  const letGo = dryRun ? undefined : await holdImport(settings, useCase);
  try {
    const connection = await connectHere(settings, { memory: importMemory });
    try {
      const mayRun = connection.backbone.kind === "embedded" && !connection.shared;
      const own = forHistory(settings);
      const runs = !dryRun && (flags.run ?? mayRun);
      const loop = runs ? await startAlone(own, connection, "exact") : undefined;
      const tools = loop ?? (await openTools(loopOptions(own, connection, "exact")));
      tools.serdes.unreadable.listen(unreadable.tell);
      const bar = progress("import", null);
      try {
        const { blueprint } = askedVersion(await readVersions(tools), useCase);
        const { tables, columns, notes } = tablesOf(blueprint);
        const imported = await importHistory({
          ...{ id: settings.id, tools, loop, blueprint, tables, columns, dryRun, strict, sort, changed },
          say: output.say,
          onProgress: (lines, text, total) => bar.update(lines, text, total ?? null),
        });
        for (const note of notes()) output.say(note);
        return imported;
      } finally {
        bar.stop();
        await tools.close();
      }
    } finally {
      await connection.close();
    }
  } finally {
    await letGo?.();
  }
}

/**
 * In one directory an import or a backtest is refused while another one of the use case is at work: that one may run the loop, and
 * would be ended. On Kafka the later one ends the earlier one.
 */
export async function holdImport(
  { brokers, dir }: Settings,
  useCase: string,
): Promise<(() => Promise<void>) | undefined> {
  if (brokers.length > 0) return undefined;
  makeFolder(dir);
  const letGo = await alone(dir, `import-${useCase}`);
  if (letGo !== undefined) return letGo;
  throw new StreamsError(
    "BACKBONE_LOCKED",
    `another import of ${useCase} is at work in ${dir}: wait for its end, then give this command again`,
  );
}
