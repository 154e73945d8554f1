import { join } from "node:path";
import { repartitionLoop } from "../../../loop/index.ts";
import { StreamsError } from "../../../streams/index.ts";
import { defineCommand } from "../../define-command.ts";
import { UsageError } from "../../exit-codes.ts";
import { checkLog, connectHere } from "../../process/connection.ts";
import { watchedReads } from "../../terminal/watched-reads.ts";
import { progress } from "../../text/progress.ts";
import { repartitionedText } from "../../text/topics-text.ts";

export const repartitionCommand = defineCommand({
  name: "repartition",
  about: "give the loop's inputs and changelogs --partitions in all, and move its state there; stop the loop first",
  async run({ settings, output, flags }) {
    if (flags.partitions === undefined) throw new UsageError("say how many partitions there are to be: --partitions 6");
    checkLog(settings);
    const connection = await connectHere(settings);
    const { id, dir, partitions } = settings;
    try {
      if (connection.shared) {
        throw new StreamsError("BACKBONE_LOCKED", `${dir} is open in another process: stop that one first`);
      }
      const bar = progress("repartition", null);
      const backbone = watchedReads(connection.backbone, bar);
      const onProgress = (changelog: string, keys: number): void =>
        bar.update(keys, `keys of ${changelog} moved`, null);
      const options = { id, backbone, stateDir: join(dir, "state"), partitions, onProgress };
      output.result(await repartitionLoop(options).finally(() => bar.stop()), repartitionedText);
    } finally {
      await connection.close();
    }
  },
});
