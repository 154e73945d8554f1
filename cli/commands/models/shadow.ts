import { moveByHand } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { reasonFlag } from "../../process/models.ts";
import { withTools } from "../../process/with-tools.ts";
import { movedText, tellBehind } from "../../text/models/models-text.ts";

export const shadowCommand = defineCommand({
  name: "shadow",
  about: "keep a model beside the one in production, without any decisions of its own",
  args: { modelId: ["<modelId>"] },
  flags: { reason: reasonFlag },
  run: ({ settings, output, args: { modelId }, flags: { reason } }) =>
    withTools(settings, async (tools) => {
      const moved = await moveByHand(tools, modelId, "shadow", reason);
      output.result(moved.model, () => movedText(moved));
      tellBehind(moved);
    }),
});
