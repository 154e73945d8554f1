import { defineCommand } from "../../define-command.ts";
import { toggle } from "../../flags/flag.ts";
import { makeLive, publishedVersion } from "../../process/blueprints/published.ts";
import { readPublished } from "../../process/blueprints/versions.ts";
import { withTools } from "../../process/with-tools.ts";

/** Of `publish`, `promote` and `rollback`. */
export const atOnce = toggle(
  "--at-once",
  "do not wait until running instances have filled its new windows: its decisions wait for that",
);

export const promoteCommand = defineCommand({
  name: "promote",
  about: "make a published version live, such as one of publish --not-live or an older one",
  args: { useCase: ["<useCase>"], version: ["<version>"] },
  flags: { atOnce },
  run: ({ settings, output, args: { useCase, version }, flags }) =>
    withTools(
      settings,
      async (tools) => {
        const { text } = publishedVersion(await readPublished(tools), useCase, version);
        await makeLive(tools, text, { atOnce: flags.atOnce }, output);
      },
      { useCase },
    ),
});
