import { moveByHand } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { reasonFlag } from "../../process/models.ts";
import { withTools } from "../../process/with-tools.ts";
import { movedText, tellBehind } from "../../text/models/models-text.ts";

export const withdrawCommand = defineCommand({
  name: "withdraw",
  about:
    "take a model out of production, or a canary out of its units; decisions it would have made are null if no other one is in production",
  args: { modelId: ["<modelId>"] },
  flags: { reason: reasonFlag },
  run: ({ settings, output, args: { modelId }, flags: { reason } }) =>
    withTools(settings, async (tools) => {
      const moved = await moveByHand(tools, modelId, "withdrawn", reason);
      output.result(moved.model, () => movedText(moved));
      tellBehind(moved);
    }),
});
