import { listLadder } from "../../../loop/index.ts";
import { storyHtml } from "../../model-report/story-html.ts";
import { storyOf } from "../../model-report/story.ts";
import { storyText } from "../../model-report/story-text.ts";
import { defineCommand } from "../../define-command.ts";
import { flag } from "../../flags/flag.ts";
import { writeAsAskedFor } from "../../process/file-modes.ts";
import { findModel } from "../../process/models.ts";
import { withTools } from "../../process/with-tools.ts";

export const showCommand = defineCommand({
  name: "show",
  about: "one model in words: what it looks at, how good it is, for whom it is worse; with --json its whole record",
  args: { modelId: ["<modelId>"] },
  flags: { html: flag("--html <file>", "write the same as a page with plots") },
  run: ({ settings, output, args: { modelId }, flags: { html } }) =>
    withTools(settings, async (tools) => {
      const model = await findModel(tools, modelId);
      const isOnLadder = model.states.at(-1)?.ladder === true;
      const listed = isOnLadder ? await listLadder(tools, model.useCase) : [];
      const story = storyOf(
        model,
        listed.find((each) => each.climbs && each.modelId === model.modelId),
      );
      if (html !== undefined) await writeAsAskedFor(html, Buffer.from(storyHtml(story)));
      output.result(model, () => storyText(story));
    }),
});
