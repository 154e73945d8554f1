import { partsOfKey, rowKey } from "../../../blueprints/index.ts";
import { putRow } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { flag } from "../../flags/flag.ts";
import { parsePairs } from "../../flags/pairs.ts";
import { parseTime } from "../../flags/times.ts";
import { withTools } from "../../process/with-tools.ts";
import { shownTime } from "../../text/output.ts";

export const putCommand = defineCommand({
  name: "put",
  about: "write a row of a table: the whole row, as it is from a time on",
  args: {
    table: ["<table>", "as blueprints declare it"],
    key: ["<key>", "of the row; several parts with / between them, where %2F is a / and %25 a %"],
    values: ["[values...]", "field=value …: a field that is not said is missing from then on"],
  },
  flags: {
    from: flag("--from <time>", "decisions strictly after it see the row (default: now)", { parse: parseTime }),
  },
  run: ({ settings, output, args: { table, key, values }, flags: { from } }) =>
    withTools(settings, async (tools) => {
      const said = parsePairs(values);
      const row = await putRow(tools, { table, key: partsOfKey(key), values: said, validFrom: from });
      output.result(row, () => `put ${rowKey(row.key)} of ${table}, valid from ${shownTime(row.validFrom)}`);
    }),
});
