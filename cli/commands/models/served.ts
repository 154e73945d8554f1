import { askedVersion } from "../../../catalogue/index.ts";
import { servedModels } from "../../../trainer/index.ts";
import { defineCommand } from "../../define-command.ts";
import { flag } from "../../flags/flag.ts";
import { readVersions } from "../../process/blueprints/versions.ts";
import { withTools } from "../../process/with-tools.ts";
import { servedText } from "../../text/models/models-text.ts";

export const servedCommand = defineCommand({
  name: "served",
  about: "how well the predictions of each model came true, over the decisions it served that have a label by now",
  flags: { useCase: flag("--use-case <name>", "whose models", { required: true }) },
  run: ({ settings, output, flags: { useCase } }) =>
    withTools(
      settings,
      async (tools) => {
        const known = await readVersions(tools);
        output.result(await servedModels(tools, askedVersion(known, useCase), known), servedText);
      },
      { useCase },
    ),
});
