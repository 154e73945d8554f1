import type { Tools } from "../../loop/index.ts";
import { UsageError } from "../exit-codes.ts";

/**
 * Throws a `UsageError` if there is no such topic.
 * @param flag that named it
 */
export async function checkTopic({ backbone }: Pick<Tools, "backbone">, flag: string, topic: string): Promise<void> {
  if ((await backbone.partitions(topic)) !== undefined) return;
  throw new UsageError(`${flag} ${topic}: there is no such topic; loopstream topics lists them`);
}
