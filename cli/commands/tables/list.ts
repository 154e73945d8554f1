import { listTables } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { withTools } from "../../process/with-tools.ts";
import { tablesText } from "../../text/tables-text.ts";

export const listCommand = defineCommand({
  name: "list",
  isDefault: true,
  about: "all tables: their keys and fields, who reads them, how many versions of rows they have of their bound",
  run: ({ settings, output }) =>
    withTools(settings, async (tools) => output.result(await listTables(tools), tablesText)),
});
