import { defineCommand } from "../../define-command.ts";
import { moveAndTell, reasonFlag } from "../../process/models.ts";
import { withTools } from "../../process/with-tools.ts";

export const shadowCommand = defineCommand({
  name: "shadow",
  about: "keep a model beside the one in production, without any decisions of its own",
  args: { modelId: ["<modelId>"] },
  flags: { reason: reasonFlag },
  run: ({ settings, output, args: { modelId }, flags: { reason } }) =>
    withTools(settings, (tools) => moveAndTell(tools, output, modelId, "shadow", reason)),
});
