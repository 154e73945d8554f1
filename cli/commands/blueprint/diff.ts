import { compareBlueprints } from "../../../blueprints/index.ts";
import { defineCommand } from "../../define-command.ts";
import { versionOrFile } from "../../process/blueprints/published.ts";
import { readPublished } from "../../process/blueprints/versions.ts";
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
        const old = versionOrFile(published, useCase, before);
        const now = versionOrFile(published, useCase, after);
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
