import type { Tools } from "../../loop/index.ts";
import { StreamsError } from "../../streams/index.ts";

/**
 * Throws if there is no such topic.
 * @param flag that named it
 */
export async function checkTopic({ backbone }: Pick<Tools, "backbone">, flag: string, topic: string): Promise<void> {
  if ((await backbone.partitions(topic)) !== undefined) return;
  throw new StreamsError("UNKNOWN_TOPIC", `${flag} ${topic}: there is no such topic; loopstream topics lists them`);
}
