import { defineCommand } from "../../define-command.ts";
import { moveAndTell, reasonFlag } from "../../process/models.ts";
import { withTools } from "../../process/with-tools.ts";

export const promoteCommand = defineCommand({
  name: "promote",
  about: "put a model into production, whatever the gate said",
  args: { modelId: ["<modelId>"] },
  flags: { reason: reasonFlag },
  run: ({ settings, output, args: { modelId }, flags: { reason } }) =>
    withTools(settings, (tools) => moveAndTell(tools, output, modelId, "production", reason)),
});
