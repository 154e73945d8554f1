import { defineCommand } from "../../define-command.ts";
import { flag } from "../../flags/flag.ts";
import { modelsOf } from "../../process/models.ts";
import { withTools } from "../../process/with-tools.ts";
import { modelsTable } from "../../text/models/models-text.ts";

export const listCommand = defineCommand({
  name: "list",
  isDefault: true,
  about: "all models, oldest first: version, when each was in production, and until when its rows go",
  flags: { useCase: flag("--use-case <name>", "of this use case only") },
  run: ({ settings, output, flags: { useCase } }) =>
    withTools(settings, async (tools) => output.result(await modelsOf(tools, useCase), modelsTable), { useCase }),
});
