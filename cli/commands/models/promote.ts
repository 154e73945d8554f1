import { defineCommand } from "../../define-command.ts";
import { moveByHand, reasonFlag } from "../../process/models.ts";
import { withTools } from "../../process/with-tools.ts";

export const promoteCommand = defineCommand({
  name: "promote",
  about: "put a model into production at once, whatever the gate said",
  args: { modelId: ["<modelId>"] },
  flags: { reason: reasonFlag },
  run: ({ settings, output, args: { modelId }, flags: { reason } }) =>
    withTools(settings, async (tools) => {
      const model = await moveByHand(tools, modelId, "production", reason);
      output.result(model, () => `${modelId} is production`);
    }),
});
