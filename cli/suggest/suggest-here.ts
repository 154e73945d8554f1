import { existsSync } from "node:fs";
import { checkBlueprint } from "../../blueprints/index.ts";
import { suggestFromTables, type ColumnNames, type HistoryFiles } from "../../loop/index.ts";
import { UsageError } from "../exit-codes.ts";
import { fileSink } from "../files/byte-sink.ts";
import { fileTables } from "../files/index.ts";
import { timesOf } from "../flags/times.ts";
import { stderrLine } from "../terminal/status-line.ts";
import { sayWarnings } from "../text/blueprint-text.ts";
import type { Output } from "../text/output.ts";
import { progress } from "../text/progress.ts";

interface SuggestFlags extends HistoryFiles, Omit<ColumnNames, "times"> {
  readonly useCase: string;
  readonly label: string;
  readonly timeUnit: string | undefined;
  readonly timeZone: string | undefined;
  readonly sample: number;
  /** A path, or `-` for stdout. */
  readonly out: string;
}

/** Writes a suggested blueprint to stdout or to a new file. */
export async function suggestHere(output: Output, flags: SuggestFlags): Promise<void> {
  const { useCase, label, sample, out } = flags;
  if (out !== "-" && existsSync(out)) throw new UsageError(`--out ${out}: there is such a file: name a new one`);
  const bar = progress("suggest", null);
  const say = (line: string): void => stderrLine.write(line);
  const { text, suggestion } = await suggestFromTables({
    ...{ useCase, label, sample, tables: fileTables(flags), columns: { ...flags, times: timesOf(flags) } },
    ...{ say, onProgress: (lines, what) => bar.update(lines, `lines ${what}`) },
  }).finally(() => bar.stop());
  const { blueprint, warnings } = checkBlueprint(text, out === "-" ? useCase : out);
  sayWarnings(warnings, output);
  const { version, features } = blueprint;
  const { leftOut } = suggestion;
  if (out === "-") return output.result({ useCase, version, features: features.length, leftOut, text }, () => text);
  const sink = await fileSink(out, false);
  await sink.write(text);
  await sink.finish();
  output.result(
    { useCase, version, features: features.length, leftOut, file: out },
    () =>
      `${out}: ${features.length} features, ${leftOut.length} things left out. Read it, then: blueprint publish ${out}`,
  );
}
