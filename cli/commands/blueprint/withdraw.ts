import { withdrawBlueprint } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { withTools } from "../../process/with-tools.ts";

export const withdrawCommand = defineCommand({
  name: "withdraw",
  about: "turn a live version off; decisions are null until another one is live",
  args: { useCase: ["<useCase>"], version: ["<version>"] },
  run: ({ settings, output, args: { useCase, version } }) =>
    withTools(
      settings,
      async (tools) => {
        await withdrawBlueprint(tools, useCase, version, Date.now());
        output.result({ useCase, version, live: false }, () => `${useCase} ${version} is withdrawn`);
      },
      { useCase },
    ),
});
