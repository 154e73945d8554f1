import { defineCommand } from "../../define-command.ts";
import { findModel } from "../../process/models.ts";
import { withTools } from "../../process/with-tools.ts";

export const showCommand = defineCommand({
  name: "show",
  about: "one model with its provenance",
  args: { modelId: ["<modelId>"] },
  run: ({ settings, output, args: { modelId } }) =>
    withTools(settings, async (tools) =>
      output.result(await findModel(tools, modelId), (model) => JSON.stringify(model, null, 2)),
    ),
});
