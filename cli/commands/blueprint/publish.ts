import { checkBlueprint } from "../../../blueprints/index.ts";
import { modelTable } from "../../../catalogue/index.ts";
import { publishBlueprint, storeBlueprint, type Lacking } from "../../../loop/index.ts";
import { readTable } from "../../../streams/index.ts";
import { defineCommand } from "../../define-command.ts";
import { UsageError } from "../../exit-codes.ts";
import { flag, toggle } from "../../flags/flag.ts";
import { parseTime } from "../../flags/times.ts";
import { readText } from "../../process/read-text.ts";
import { withTools } from "../../process/with-tools.ts";
import { publishedText, sayLacking, sayWarming, sayWarnings, unservedText } from "../../text/blueprint-text.ts";

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
    atOnce: toggle(
      "--at-once",
      "do not wait until running instances have filled its new windows: its decisions wait for that",
    ),
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
    sayWarnings(warnings, output);
    return withTools(
      settings,
      async (tools) => {
        const onLacking = (all: readonly Lacking[]): void => sayLacking(all, output);
        if (notLive) {
          const stored = await storeBlueprint(tools, text);
          onLacking(stored.lacking);
          return output.result({ ...stored, warnings }, publishedText);
        }
        const onWarming = sayWarming((line) => output.say(line));
        const published = await publishBlueprint(tools, text, from, { atOnce, onWarming, onLacking });
        const models = await readTable(tools.backbone, tools.serdes, modelTable);
        output.result({ ...published, warnings }, publishedText);
        const unserved = unservedText(blueprint, models);
        if (unserved !== undefined) output.say(unserved);
      },
      { useCase: blueprint.useCase },
      { begins: true },
    );
  },
});
