import { listLadder } from "../../../loop/index.ts";
import { defineCommand } from "../../define-command.ts";
import { flag } from "../../flags/flag.ts";
import { withTools } from "../../process/with-tools.ts";
import { ladderText } from "../../text/models/ladder-text.ts";

export const ladderCommand = defineCommand({
  name: "ladder",
  about: "where models stand on the way into production, what each waits for, and why others are not on it",
  flags: { useCase: flag("--use-case <name>", "of this use case only") },
  run: ({ settings, output, flags: { useCase } }) =>
    withTools(settings, async (tools) => output.result(await listLadder(tools, useCase), ladderText), { useCase }),
});
