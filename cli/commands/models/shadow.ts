import { defineCommand } from "../../define-command.ts";
import { moveByHand, reasonFlag } from "../../process/models.ts";
import { withTools } from "../../process/with-tools.ts";

export const shadowCommand = defineCommand({
  name: "shadow",
  about: "keep a model beside the one in production, without any decisions of its own",
  args: { modelId: ["<modelId>"] },
  flags: { reason: reasonFlag },
  run: ({ settings, output, args: { modelId }, flags: { reason } }) =>
    withTools(settings, async (tools) => {
      const model = await moveByHand(tools, modelId, "shadow", reason);
      output.result(model, () => `${modelId} is shadow`);
    }),
});
