import type { Command } from "commander";
import { validBlueprints, blueprintTable } from "../../catalogue/index.ts";
import { readTable, streamsLimits } from "../../streams/index.ts";
import { LeftOutRows, openSpill, rowsInOrder, rowsTopic } from "../../rows/index.ts";
import { parseTime, run, withSettings } from "../command.ts";
import { withTools } from "../process/with-tools.ts";
import { UsageError } from "../exit-codes.ts";
import { formatOf, rowTable, tableWriter, type TableFormat } from "../files/index.ts";
import { tellLeftOut } from "../text/left-out.ts";
import { progress } from "../text/progress.ts";
import type { SettingsFlags } from "../flags/settings.ts";

interface Flags extends SettingsFlags {
  readonly json?: boolean;
  readonly useCase: string;
  readonly out: string;
  readonly format?: string;
  readonly from?: string;
  readonly to?: string;
  readonly blueprint?: string;
  readonly topic?: string;
}

export function rowsCommand(parent: Command): void {
  withSettings(parent.command("rows"))
    .description("export training rows, the newest of each decision, in the order of the decisions' times")
    .requiredOption("--use-case <name>", "whose rows")
    .option("--out <file>", ".csv, .csv.gz, .jsonl, .jsonl.gz or .parquet; - is stdout", "-")
    .option("--format <name>", "csv, jsonl or parquet (default: by the file's name, csv on stdout)")
    .option("--from <time>", "decided at or after")
    .option("--to <time>", "decided before")
    .option("--topic <name>", "where the rows are, as a replay printed it (default: the use case's own topic)")
    .option("--blueprint <version>", "columns of this version, and the rows it may train on (default: the live one)")
    .action((flags: Flags) =>
      run(flags, ({ settings, output }) =>
        withTools(
          settings,
          async (tools) => {
            const known = validBlueprints(await readTable(tools.backbone, tools.serdes, blueprintTable));
            const compiled =
              flags.blueprint === undefined
                ? known.at(flags.useCase, Number.MAX_SAFE_INTEGER)
                : known.version(flags.useCase, flags.blueprint);
            if (compiled === undefined) {
              const problem =
                flags.blueprint === undefined
                  ? known.problemAt(flags.useCase, Number.MAX_SAFE_INTEGER)
                  : known.problem(flags.useCase, flags.blueprint);
              throw new UsageError(problem ?? `use case "${flags.useCase}" has no such blueprint`);
            }
            if (flags.topic !== undefined && (await tools.backbone.partitions(flags.topic)) === undefined) {
              throw new UsageError(`--topic ${flags.topic}: there is no such topic; loopstream topics lists them`);
            }
            const from = flags.from === undefined ? Number.NEGATIVE_INFINITY : parseTime(flags.from, "--from");
            const to = flags.to === undefined ? Number.POSITIVE_INFINITY : parseTime(flags.to, "--to");
            const { columns, cellsOf } = rowTable(compiled.blueprint, known);
            const writer = await tableWriter(flags.out, format(flags), columns);
            const bar = progress("rows", null, { enabled: !output.json });
            const leftOut = new LeftOutRows(compiled.blueprint, known);
            let written = 0;
            try {
              const rows = rowsInOrder(tools.backbone, tools.serdes, compiled, known, {
                topic: rowsTopic(compiled, flags.topic),
                from,
                to,
                leftOut,
                bytes: streamsLimits.rowsHeldBytes,
                spill: openSpill,
              });
              for await (const row of rows) {
                await writer.write(cellsOf(row));
                if (++written % 1_000 === 0) bar.update(written);
              }
              await writer.close();
            } catch (error) {
              await writer.abort();
              throw error;
            } finally {
              bar.stop();
            }
            if (flags.out !== "-")
              output.result(
                { rows: written, file: flags.out, leftOut: leftOut.all() },
                () => `${written} rows in ${flags.out}`,
              );
            return tellLeftOut(leftOut.all());
          },
          { useCase: flags.useCase, rowsTopic: flags.topic },
        ),
      ),
    );
}

function format(flags: Flags): TableFormat {
  if (flags.format === undefined) return flags.out === "-" ? "csv" : formatOf(flags.out).format;
  if (flags.format === "csv" || flags.format === "jsonl" || flags.format === "parquet") return flags.format;
  throw new UsageError(`--format ${flags.format}: write csv, jsonl or parquet`);
}
