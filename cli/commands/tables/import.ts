import { importRows } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { exitCodes, UsageError } from "../../exit-codes.ts";
import { fileTable } from "../../files/index.ts";
import { encodeFlags } from "../../flags/encode-flags.ts";
import { flag } from "../../flags/flag.ts";
import { parseTime, timesOf } from "../../flags/times.ts";
import { encodedBy } from "../../process/imports/encoded-by.ts";
import { withTools } from "../../process/with-tools.ts";
import { importedRowsText } from "../../text/tables-text.ts";

export const importCommand = defineCommand({
  name: "import",
  about: "write a row of a table for each line of a CSV, JSON lines or Parquet file",
  args: { table: ["<table>", "as blueprints declare it"], file: ["<file>", "with a column for each key and field"] },
  flags: {
    from: flag("--from <time>", "decisions strictly after it see the rows (default: now)", { parse: parseTime }),
    fromColumn: flag("--from-column <name>", "the column with each row's own time"),
    timeUnit: flag("--time-unit <unit>", "of numbers in that column: s, ms, us or ns"),
    timeZone: flag("--time-zone <zone>", "of times without one in that column"),
    ...encodeFlags,
  },
  more:
    "\nA line that can't be used is named and goes to the dead letters; the rest goes on (exit code 4)." +
    "\nA row that is there already with these values at that time is not written again." +
    "\nDecisions of history see only rows from before them: --from 1970-01-01 for rows that were always so.",
  run: ({ settings, output, args: { table, file }, flags }) =>
    withTools(settings, async (tools) => {
      const { from, fromColumn: column } = flags;
      if (from !== undefined && column !== undefined)
        throw new UsageError("--from and --from-column: give one of them");
      const validFrom = column === undefined ? from : { column, reading: timesOf(flags) };
      const result = await importRows(tools, { table, file: encodedBy(flags)(fileTable(file)), validFrom });
      output.result(result, importedRowsText);
      return result.bad === 0 ? exitCodes.ok : exitCodes.partly;
    }),
});
