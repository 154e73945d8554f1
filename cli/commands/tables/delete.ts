import { partsOfKey, rowKey } from "../../../blueprints/index.ts";
import { putRow } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { flag } from "../../flags/flag.ts";
import { parseTime } from "../../flags/times.ts";
import { withTools } from "../../process/with-tools.ts";
import { shownTime } from "../../text/output.ts";

export const deleteCommand = defineCommand({
  name: "delete",
  about: "delete a row of a table from a time on; decisions before it, and replays of them, still see it",
  args: { table: ["<table>", "as blueprints declare it"], key: ["<key>", "of the row, as for put"] },
  flags: { from: flag("--from <time>", "decisions strictly after it see no row (default: now)", { parse: parseTime }) },
  run: ({ settings, output, args: { table, key }, flags: { from } }) =>
    withTools(settings, async (tools) => {
      const row = await putRow(tools, { table, key: partsOfKey(key), values: null, validFrom: from });
      output.result(row, () => `deleted ${rowKey(row.key)} of ${table} from ${shownTime(row.validFrom)} on`);
    }),
});
