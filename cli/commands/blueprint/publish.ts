import { checkBlueprint } from "../../../blueprints/index.ts";
import { storeBlueprint } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { UsageError } from "../../exit-codes.ts";
import { flag, toggle } from "../../flags/flag.ts";
import { parseTime } from "../../flags/times.ts";
import { makeLive } from "../../process/blueprints/published.ts";
import { readText } from "../../process/read-text.ts";
import { withTools } from "../../process/with-tools.ts";
import { publishedText, sayLacking, sayWarnings } from "../../text/blueprint-text.ts";
import { atOnce } from "./promote.ts";

export const publishCommand = defineCommand({
  name: "publish",
  about: "publish a version and make it live",
  args: { file: ["<file>"] },
  flags: {
    from: flag(
      "--from <time>",
      "live after this time (default: now; the first version of a use case: from the beginning)",
      { parse: parseTime },
    ),
    notLive: toggle("--not-live", "publish it only: to replay history by it and to train for it before it decides"),
    atOnce,
  },
  more:
    "\nWhile a loop runs, a version with new windows is first published and not live; the one before answers until every running " +
    "instance has filled them from the retained events. Stopped meanwhile, the same command goes on.",
  async run({ settings, output, args: { file }, flags: { from, notLive, atOnce } }) {
    if (notLive && from !== undefined)
      throw new UsageError("--from says when it is live: leave it out with --not-live");
    if (notLive && atOnce) throw new UsageError("--at-once makes it live: leave it out with --not-live");
    const text = readText(file);
    const { blueprint, warnings } = checkBlueprint(text, file);
    sayWarnings(warnings, output, blueprint.text);
    return withTools(
      settings,
      async (tools) => {
        if (!notLive) return makeLive(tools, text, { from, atOnce }, output, { warnings });
        const stored = await storeBlueprint(tools, text);
        sayLacking(stored.lacking, output);
        output.result({ ...stored, warnings }, publishedText);
      },
      { useCase: blueprint.useCase },
      { begins: true },
    );
  },
});
