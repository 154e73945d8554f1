import { createHash } from "node:crypto";
import type { Backbone, LogRecord } from "../../backbone/backbone.ts";
import type { Origin } from "../../operator.ts";
import type { Serdes } from "../../serde/serdes.ts";
import { letterKey, type DeadLetterValue } from "../../task/dead-letter.ts";
import type { Topic } from "../../topic.ts";
import { readTopic } from "../read-topic.ts";

type Bytes = Pick<LogRecord, "key" | "value">;

/** The content of the record that a letter is about; null if the letter cut it. */
type Content = string | null;

/**
 * The dead letters that exist already, so that a record that is read again at each start, such as one of a table, is
 * buried once. Letters are read at the first question about a topic, and not again: later ones are not known here.
 */
export class Buried {
  readonly #backbone: Backbone;
  readonly #serdes: Serdes;
  readonly #deadLetters: Topic<DeadLetterValue>;
  readonly #topics = new Map<string, Promise<ReadonlyMap<string, Content>>>();

  constructor(backbone: Backbone, serdes: Serdes, deadLetters: Topic<DeadLetterValue>) {
    this.#backbone = backbone;
    this.#serdes = serdes;
    this.#deadLetters = deadLetters;
  }

  /** Whether there is a letter about this place, and about this very record: a topic that was made anew has others at the same places. */
  async has(origin: Origin, record: Bytes): Promise<boolean> {
    let known = this.#topics.get(origin.topic);
    if (known === undefined) {
      known = this.#read(origin.topic);
      this.#topics.set(origin.topic, known);
      known.catch(() => this.#topics.delete(origin.topic));
    }
    const content = (await known).get(letterKey(origin));
    return content === null || (content !== undefined && content === contentOf(record));
  }

  async #read(topic: string): Promise<ReadonlyMap<string, Content>> {
    const found = new Map<string, Content>();
    const letters = readTopic(this.#backbone, this.#serdes, this.#deadLetters, {
      isWanted: ({ key }) =>
        Buffer.from(key ?? [])
          .toString()
          .startsWith(`${topic}/`),
      onBad: () => undefined,
    });
    for await (const { value } of letters) {
      if (value.topic === topic) found.set(letterKey(value), value.cut ? null : contentOf(value));
    }
    return found;
  }
}

/** Another text for another record. */
export function contentOf({ key, value }: Bytes): string {
  const hash = createHash("sha1");
  for (const bytes of [key, value]) hash.update(bytes === null ? "-" : `${bytes.length}:`).update(bytes ?? "");
  return hash.digest("base64");
}
