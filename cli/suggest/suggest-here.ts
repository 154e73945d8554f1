import { existsSync } from "node:fs";
import { checkBlueprint } from "../../blueprints/index.ts";
import {
  columnDefaults,
  suggestFromTables,
  suggestFromTopics,
  type ColumnNames,
  type HistoryFiles,
  type ReadOfTopic,
  type Settings,
} from "../../loop/index.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { fileSink } from "../files/byte-sink.ts";
import { fileTables } from "../files/index.ts";
import { timesOf } from "../flags/times.ts";
import { withTools } from "../process/with-tools.ts";
import { stderrLine } from "../terminal/status-line.ts";
import { sayWarnings } from "../text/blueprint-text.ts";
import type { Output } from "../text/output.ts";
import { progress } from "../text/progress.ts";
import { readOfTopicText } from "./read-text.ts";

interface SuggestFlags extends HistoryFiles, Omit<ColumnNames, "times"> {
  readonly useCase: string;
  readonly label: string;
  readonly fromTopics: boolean;
  readonly timeUnit: string | undefined;
  readonly timeZone: string | undefined;
  readonly sample: number;
  /** A path, or `-` for stdout. */
  readonly out: string;
}

type Suggested = Awaited<ReturnType<typeof suggestFromTables>> & {
  /** For programs, beside the result. */
  readonly more?: Readonly<Record<string, unknown>>;
};

/** Writes a suggested blueprint for files or topics to stdout or to a new file. @returns the exit code */
export async function suggestHere(settings: Settings, output: Output, flags: SuggestFlags): Promise<number> {
  const { out } = flags;
  if (out !== "-" && existsSync(out)) throw new UsageError(`--out ${out}: there is such a file: name a new one`);
  if (!flags.fromTopics) {
    await write(output, flags, await fromFiles(flags));
    return exitCodes.ok;
  }
  checkNoFile(flags);
  return withTools(settings, async (tools) => {
    let read: readonly ReadOfTopic[] = [];
    const onRead = (found: { readonly read: readonly ReadOfTopic[]; readonly repeated: number }): void => {
      read = found.read;
      for (const line of readOfTopicText(found)) stderrLine.write(line);
    };
    const { useCase, label, unit, sample } = flags;
    const suggested = await suggestFromTopics(tools, { useCase, label, unit, sample, now: Date.now(), onRead });
    await write(output, flags, { ...suggested, more: { read } });
  });
}

function fromFiles(flags: SuggestFlags): Promise<Suggested> {
  const { useCase, label, sample } = flags;
  const bar = progress("suggest", null);
  const say = (line: string): void => stderrLine.write(line);
  return suggestFromTables({
    ...{ useCase, label, sample, tables: fileTables(flags), columns: { ...flags, times: timesOf(flags) } },
    ...{ say, onProgress: (lines, what) => bar.update(lines, `lines ${what}`) },
  }).finally(() => bar.stop());
}

/** Records of topics have their ids and times apart from their values. */
function checkNoFile(flags: SuggestFlags): void {
  const { decisionId, time } = flags;
  const given = {
    ...{ "--decisions": flags.decisions, "--observations": flags.observations, "--events": flags.events },
    ...{ "--observation-time": flags.observationTime, "--time-unit": flags.timeUnit, "--time-zone": flags.timeZone },
    ...{ "--action": flags.action, "--propensity": flags.propensity, "--kind": flags.kind },
    "--decision-id": decisionId === columnDefaults.decisionId ? undefined : decisionId,
    "--time": time === columnDefaults.time ? undefined : time,
  };
  const names = Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (names.length > 0) throw new UsageError(`--from-topics reads no file: leave out ${names.join(", ")}`);
}

async function write(output: Output, { useCase, out }: SuggestFlags, suggested: Suggested): Promise<void> {
  const { text, suggestion, more = {} } = suggested;
  const { blueprint, warnings } = checkBlueprint(text, out === "-" ? useCase : out);
  sayWarnings(warnings, output);
  const { version, features } = blueprint;
  const { leftOut } = suggestion;
  const result = { useCase, version, features: features.length, leftOut, ...more };
  if (out === "-") return output.result({ ...result, text }, () => text);
  const sink = await fileSink(out, false);
  await sink.write(text);
  await sink.finish();
  output.result(
    { ...result, file: out },
    () =>
      `${out}: ${features.length} features, ${leftOut.length} things left out. Read it, then: blueprint publish ${out}`,
  );
}
