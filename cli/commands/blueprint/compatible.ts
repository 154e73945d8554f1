import { canTrainOn } from "../../../blueprints/index.ts";
import { validBlueprints } from "../../../catalogue/index.ts";
import { defineCommand } from "../../define-command.ts";
import { versionOrFile } from "../../process/blueprints/published.ts";
import { readPublished } from "../../process/blueprints/versions.ts";
import { withTools } from "../../process/with-tools.ts";
import { table } from "../../text/output.ts";

export const compatibleCommand = defineCommand({
  name: "compatible",
  about:
    "which versions have rows that this one may train on, and why the others have none; a published version or a file",
  args: { useCase: ["<useCase>"], version: ["<version>", "a version, or a file"] },
  more:
    "\nA version may train on the rows of another one that has each of its features and labels with the same definition: a name " +
    "alone is not enough.",
  run: ({ settings, output, args: { useCase, version } }) =>
    withTools(
      settings,
      async (tools) => {
        const published = await readPublished(tools);
        const own = versionOrFile(published, useCase, version);
        const readable = validBlueprints(published);
        const versions = [...published.values()]
          .filter((each) => each.useCase === useCase)
          .map((each) => {
            const compiled = readable.version(useCase, each.version);
            const reason = readable.problem(useCase, each.version) ?? "this release can't read it";
            const unreadable = { ok: false, reason, incompatibilities: [] };
            const match = compiled === undefined ? unreadable : canTrainOn(own, compiled.blueprint);
            return { version: each.version, ...match };
          });
        output.result({ useCase, version: own.version, versions }, () =>
          table(
            ["rows of version", "usable", "reason"],
            versions.map((each) => [each.version, each.ok ? "yes" : "no", each.reason]),
          ),
        );
      },
      { useCase },
    ),
});
