import { listTopics } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { withTools } from "../../process/with-tools.ts";
import { topicsTable } from "../../text/topics-text.ts";

export const listCommand = defineCommand({
  name: "list",
  isDefault: true,
  about: "every topic with its partitions, offsets and how long it keeps its records",
  run: ({ settings, output }) =>
    withTools(settings, async (tools) => output.result(await listTopics(tools), topicsTable)),
});
