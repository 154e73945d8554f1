import type { Backbone } from "../../backbone/backbone.ts";
import type { Serdes } from "../../serde/serdes.ts";
import { letterKey, type DeadLetterValue } from "../../task/dead-letter.ts";
import type { Topic } from "../../topic.ts";
import type { Refused } from "../../refused.ts";
import { readTopic } from "../read-topic.ts";

/** Those of some topics that are among the dead letters. Only letters about these topics are decoded. */
export async function readRefused(
  backbone: Backbone,
  serdes: Serdes,
  deadLetters: Topic<DeadLetterValue>,
  topics: readonly string[],
): Promise<Refused> {
  const places = new Set<string>();
  const isAbout = (key: Uint8Array | null): boolean => {
    const place = Buffer.from(key ?? []).toString();
    return topics.some((topic) => place.startsWith(`${topic}/`));
  };
  const letters = readTopic(backbone, serdes, deadLetters, {
    isWanted: ({ key }) => isAbout(key),
    onBad: () => undefined,
  });
  for await (const { value } of letters) if (value.code === "AHEAD_OF_TIME") places.add(letterKey(value));
  return {
    has: (topic, partition, offset) => places.size > 0 && places.has(letterKey({ topic, partition, offset })),
  };
}
