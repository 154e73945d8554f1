import { partsOfKey } from "../../../blueprints/index.ts";
import { getRow } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { flag } from "../../flags/flag.ts";
import { parseTime } from "../../flags/times.ts";
import { withTools } from "../../process/with-tools.ts";
import { rowText } from "../../text/tables-text.ts";

export const getCommand = defineCommand({
  name: "get",
  about: "a row of a table, as a decision at a time sees it",
  args: { table: ["<table>", "as blueprints declare it"], key: ["<key>", "of the row, as for put"] },
  flags: { asOf: flag("--as-of <time>", "the decision's time (default: now)", { parse: parseTime }) },
  run: ({ settings, output, args: { table, key }, flags: { asOf } }) =>
    withTools(settings, async (tools) => {
      output.result(await getRow(tools, table, partsOfKey(key), asOf ?? Date.now()), rowText);
    }),
});
