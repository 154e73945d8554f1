import { loopOptions, openTools, readingMemory, type Settings } from "../../loop/index.ts";
import { exitCodes } from "../exit-codes.ts";
import { progress } from "../text/progress.ts";
import { nothingNeeded, tellUnreadable, type Needed } from "../text/unreadable.ts";
import { checkLog, connectHere } from "./connection.ts";
import { watchedReads } from "../terminal/watched-reads.ts";

export type CommandTools = Awaited<ReturnType<typeof openTools>>;

/**
 * Runs some work with the topics at hand and no operators running here. Records that can't be used are reported on
 * stderr, and so is how far a long reading is. A directory without a log is refused, unless the work may begin one.
 * @returns the work's exit code, or `partly` if it succeeded without a record that it needed.
 */
export async function withTools(
  settings: Settings,
  work: (tools: CommandTools) => Promise<number | void>,
  needed: Needed = nothingNeeded,
  { begins = false }: { readonly begins?: boolean } = {},
): Promise<number> {
  if (!begins) checkLog(settings);
  const connection = await connectHere(settings, { memory: readingMemory });
  const bar = progress("reading", null);
  try {
    const backbone = watchedReads(connection.backbone, bar);
    const tools = await openTools(loopOptions(settings, { ...connection, backbone }, "live"));
    const unreadable = tellUnreadable(needed);
    tools.serdes.unreadable.listen(unreadable.tell);
    try {
      const code = (await work(tools)) ?? exitCodes.ok;
      return code === exitCodes.ok ? unreadable.end() : code;
    } finally {
      await tools.close();
    }
  } finally {
    bar.stop();
    await connection.close();
  }
}
