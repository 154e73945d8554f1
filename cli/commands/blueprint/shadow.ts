import { shadowBlueprint, unshadowBlueprint } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { UsageError } from "../../exit-codes.ts";
import { flag, toggle } from "../../flags/flag.ts";
import { parseTime } from "../../flags/times.ts";
import { publishedVersion, textOfVersionOrFile } from "../../process/blueprints/published.ts";
import { readPublished } from "../../process/blueprints/versions.ts";
import { withTools } from "../../process/with-tools.ts";
import { shadowedText } from "../../text/shadow-text.ts";

export const shadowCommand = defineCommand({
  name: "shadow",
  about: "let a version decide beside the live one, without an effect; loopstream shadows runs it",
  args: { useCase: ["<useCase>"], version: ["<version>", "a published version, or a file, which is published"] },
  flags: {
    from: flag("--from <time>", "from the decisions of this time on (default: now)", { parse: parseTime }),
    end: toggle("--end", "end its shadow"),
  },
  run: ({ settings, output, args: { useCase, version: given }, flags: { from, end } }) => {
    if (end && from !== undefined) throw new UsageError("--from begins a shadow: leave it out with --end");
    return withTools(
      settings,
      async (tools) => {
        const published = await readPublished(tools);
        if (!end) {
          const text = textOfVersionOrFile(published, useCase, given);
          return output.result(await shadowBlueprint(tools, text, from), shadowedText);
        }
        const { version } = publishedVersion(published, useCase, given);
        await unshadowBlueprint(tools, { useCase, version });
        output.result({ useCase, version, shadow: false }, () => `${useCase} ${version} is in shadow no longer`);
      },
      { useCase },
    );
  },
});
