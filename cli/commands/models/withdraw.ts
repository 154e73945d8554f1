import { defineCommand } from "../../define-command.ts";
import { moveAndTell, reasonFlag } from "../../process/models.ts";
import { withTools } from "../../process/with-tools.ts";

export const withdrawCommand = defineCommand({
  name: "withdraw",
  about:
    "take a model out of production, or a canary out of its units; decisions it would have made are null if no other one is in production",
  args: { modelId: ["<modelId>"] },
  flags: { reason: reasonFlag },
  run: ({ settings, output, args: { modelId }, flags: { reason } }) =>
    withTools(settings, (tools) => moveAndTell(tools, output, modelId, "withdrawn", reason)),
});
