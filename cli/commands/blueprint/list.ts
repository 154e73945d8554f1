import { listVersions } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { withTools } from "../../process/with-tools.ts";
import { versionTable } from "../../text/blueprint-text.ts";

export const listCommand = defineCommand({
  name: "list",
  isDefault: true,
  about: "all versions: which are live, since when and until when",
  run: ({ settings, output }) =>
    withTools(settings, async (tools) => output.result(await listVersions(tools, Date.now()), versionTable), {}),
});
