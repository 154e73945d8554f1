import { compareBlueprints } from "../../../blueprints/index.ts";
import { defineCommand } from "../../define-command.ts";
import { readPublished, versionOrFile } from "../../process/blueprints/published.ts";
import { withTools } from "../../process/with-tools.ts";

export const diffCommand = defineCommand({
  name: "diff",
  about: "what changes from one version to another; each is a published version or a file",
  args: {
    useCase: ["<useCase>"],
    before: ["<before>", "a version, or a file"],
    after: ["<after>", "a version, or a file"],
  },
  run: ({ settings, output, args: { useCase, before, after } }) =>
    withTools(
      settings,
      async (tools) => {
        const published = await readPublished(tools);
        const [old, now] = [before, after].map((given) => versionOrFile(published, useCase, given)) as [
          ReturnType<typeof versionOrFile>,
          ReturnType<typeof versionOrFile>,
        ];
        const changes = compareBlueprints(old, now);
        output.result({ useCase, before: old.version, after: now.version, changes }, () =>
          changes.length === 0
            ? `${old.version} and ${now.version} mean the same`
            : [`${old.version} → ${now.version}`, ...changes.map(({ text }) => `  ${text}`)].join("\n"),
        );
      },
      { useCase },
    ),
});
