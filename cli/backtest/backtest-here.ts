import { checkBlueprint, type Blueprint } from "../../blueprints/index.ts";
import { askedVersion } from "../../catalogue/index.ts";
import {
  backtest,
  forHistory,
  publishBlueprint,
  startAlone,
  type Backtest,
  type BacktestOptions,
  type Loop,
  type Settings,
} from "../../loop/index.ts";
import { Outages } from "../../streams/index.ts";
import { UsageError } from "../exit-codes.ts";
import type { HistoryFlags } from "../flags/import-flags.ts";
import { sayWarnings } from "../text/blueprint-text.ts";
import { createLog } from "../text/log.ts";
import type { Output } from "../text/output.ts";
import { progress } from "../text/progress.ts";
import { steppedLine, trainingLine } from "../text/models/trained-text.ts";
import { tellUnreadable, type Unreadable } from "../text/unreadable.ts";
import { readVersions } from "../process/blueprints/versions.ts";
import { checkLog, connectHere } from "../process/connection.ts";
import { holdImport } from "../process/imports/import-here.ts";
import { importTables } from "../process/imports/import-tables.ts";
import { readText } from "../process/read-text.ts";
import { stopOnSignals, type Stopping } from "../process/stopping.ts";

export type BacktestFlags = HistoryFlags &
  Required<Pick<BacktestOptions, "stepMs" | "until">> & {
    readonly useCase: string | undefined;
    /** A file. */
    readonly blueprint: string | undefined;
  };

/** A blueprint to publish first; absent: it is there. */
interface Asked {
  readonly useCase: string;
  readonly text?: string;
}

interface Ran {
  /** `undefined`: a signal has stopped it. */
  readonly result: Backtest | undefined;
  readonly unreadable: Unreadable;
}

/** Runs a backtest in this process, with a progress bar and a line for each training. */
export async function backtestHere(settings: Settings, output: Output, flags: BacktestFlags): Promise<Ran> {
  const asked = askedOf(flags, output);
  const tablesOf = importTables(flags);
  if (asked.text === undefined) checkLog(settings);
  const unreadable = tellUnreadable({ useCase: asked.useCase });
  const log = createLog(false);
  const outages = new Outages(log);
  const stopping = stopOnSignals(log);
  const letGo = await holdImport(settings, asked.useCase);
  try {
    const connection = await connectHere(settings, { outages, log });
    try {
      const onFailure = (error: unknown): void => output.say(`the loop has stopped: ${String(error)}`);
      const loop = await startAlone(forHistory(settings), connection, "exact", { outages, onFailure });
      loop.serdes.unreadable.listen(unreadable.tell);
      try {
        const blueprint = await publishedHere(loop, asked);
        const { tables, columns, notes } = tablesOf(blueprint);
        const given = { ...flags, id: settings.id, loop, blueprint, tables, columns };
        const result = await watched(given, output, stopping);
        for (const note of notes()) output.say(note);
        return { result, unreadable };
      } finally {
        await loop.close();
      }
    } finally {
      await connection.close();
    }
  } finally {
    await letGo?.();
  }
}

function askedOf({ useCase, blueprint: file }: BacktestFlags, output: Output): Asked {
  if (useCase !== undefined && file === undefined) return { useCase };
  if (useCase !== undefined || file === undefined)
    throw new UsageError(
      "give either --use-case, whose blueprint is published, or --blueprint, a file to publish first",
    );
  const text = readText(file);
  const { blueprint, warnings } = checkBlueprint(text, file);
  sayWarnings(warnings, output, blueprint.text);
  return { useCase: blueprint.useCase, text };
}

/** Publishes the text, unless it is live. Another version would have been live at the times of the history. */
async function publishedHere(loop: Loop, { useCase, text }: Asked): Promise<Blueprint> {
  if (text === undefined) return askedVersion(await readVersions(loop), useCase).blueprint;
  const { blueprint } = checkBlueprint(text);
  const live = (await readVersions(loop)).at(useCase, Number.MAX_SAFE_INTEGER)?.blueprint.version;
  if (live !== undefined && live !== blueprint.version)
    throw new UsageError(
      `--blueprint: another version of ${useCase} is live here, ${live}, and history would be decided by that one. Give another --dir`,
    );
  await publishBlueprint(loop, text);
  await loop.idle();
  return blueprint;
}

async function watched(
  given: Pick<BacktestOptions, "id" | "loop" | "blueprint" | "tables">,
  { say }: Output,
  stopping: Stopping,
): Promise<Backtest | undefined> {
  const bar = progress("backtest", null);
  const running = backtest({
    ...given,
    ...{ say, signal: stopping.signal },
    onProgress: (lines, text, total) => bar.update(lines, text, total ?? null),
    onTrained: (result, time, reason) => say(trainingLine(result, time, reason)),
    onStepped: (stepped, time) => say(steppedLine(stepped, time)),
  });
  try {
    return await stopping.unlessStopped(running);
  } finally {
    bar.stop();
  }
}
