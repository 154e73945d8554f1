import { defineCommand } from "../../define-command.ts";
import { moveByHand, reasonFlag } from "../../process/models.ts";
import { withTools } from "../../process/with-tools.ts";

export const withdrawCommand = defineCommand({
  name: "withdraw",
  about: "take a model out of production at once; decisions are null until another one is in",
  args: { modelId: ["<modelId>"] },
  flags: { reason: reasonFlag },
  run: ({ settings, output, args: { modelId }, flags: { reason } }) =>
    withTools(settings, async (tools) => {
      const model = await moveByHand(tools, modelId, "withdrawn", reason);
      output.result(model, () => `${modelId} is withdrawn`);
    }),
});
