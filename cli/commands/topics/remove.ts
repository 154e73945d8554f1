import { removeReplay } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { withTools } from "../../process/with-tools.ts";

export const removeCommand = defineCommand({
  name: "remove",
  about: "take away the topics that a replay has left, with its rows; no other topic can be named",
  args: { replay: ["<replay>", "its name, as replay prints it: replay-1a2b3c4d-1"] },
  run: ({ settings, output, args: { replay } }) =>
    withTools(settings, async ({ backbone }) =>
      output.result(
        await removeReplay(backbone, replay),
        ({ topics }) => `${topics.length} topics of ${replay} are gone`,
      ),
    ),
});
