import type { LogRecord } from "../backbone/backbone.ts";
import type { Topic } from "../topic.ts";
import type { Serdes } from "./serdes.ts";

/**
 * Reads the keys that values of a topic name (`Topic.keyOf`). The result is `undefined` for a record that can't be read,
 * and a promise if its schema has to be asked for first. Rejects if the registry does not answer.
 */
export function namedKeys<V>(
  serdes: Serdes,
  topic: Topic<V>,
): (record: Pick<LogRecord, "value">) => string | undefined | Promise<string | undefined> {
  const read = (value: Uint8Array): string | undefined => {
    try {
      return topic.keyOf?.(serdes.decode(topic, value));
    } catch {
      return undefined;
    }
  };
  return ({ value }) => {
    if (value === null || topic.keyOf === undefined) return undefined;
    return serdes.knows(value) ? read(value) : serdes.learn(value).then(() => read(value));
  };
}
