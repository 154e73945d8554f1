import { readRaw, StreamsError } from "../../../streams/index.ts";
import { defineCommand } from "../../define-command.ts";
import { flag } from "../../flags/flag.ts";
import { whole } from "../../flags/numbers.ts";
import { withTools } from "../../process/with-tools.ts";
import { stderrLine } from "../../terminal/status-line.ts";
import { recordLine } from "../../text/record-line.ts";

export const readCommand = defineCommand({
  name: "read",
  about: "print records as JSON lines, decoded by the schema that wrote them",
  args: { topic: ["<topic>"] },
  flags: { limit: flag("--limit <n>", "at most so many", { default: "20", parse: whole(0) }) },
  run: ({ settings, args: { topic }, flags: { limit } }) =>
    withTools(settings, async ({ backbone, serdes }) => {
      if ((await backbone.partitions(topic)) === undefined) {
        throw new StreamsError("UNKNOWN_TOPIC", `there is no topic ${topic}: loopstream topics lists them`);
      }
      let left = limit;
      for await (const records of readRaw(backbone, topic)) {
        for (const record of records) {
          if (left-- <= 0) return;
          const line = await recordLine(record, serdes);
          stderrLine.above(() => void process.stdout.write(`${line}\n`));
        }
      }
    }),
});
