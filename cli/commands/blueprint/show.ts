import { defineCommand } from "../../define-command.ts";
import { publishedVersion } from "../../process/blueprints/published.ts";
import { readPublished } from "../../process/blueprints/versions.ts";
import { withTools } from "../../process/with-tools.ts";

export const showCommand = defineCommand({
  name: "show",
  about: "the text of a version",
  args: { useCase: ["<useCase>"], version: ["<version>"] },
  run: ({ settings, output, args: { useCase, version } }) =>
    withTools(
      settings,
      async (tools) => {
        output.result(publishedVersion(await readPublished(tools), useCase, version), ({ text }) => text);
      },
      { useCase },
    ),
});
