import type { Backbone } from "../../backbone/backbone.ts";
import { positionChange, positionsIn } from "../../global/feed-store.ts";
import { streamsLimits } from "../../limits.ts";
import type { Log } from "../../log.ts";
import type { Change, StateDatabase, StateEngine } from "../../state/engine.ts";
import { openState } from "../../state/open-state.ts";

const DATABASE = "letters";
/**
 * Prefix of a record's place; its value is the record's content. Other keys hold the positions of the dead letters when
 * the newest was stored.
 */
const PLACE = "\u0002";
const PLACE_END = "\u0003";

export interface KnownLettersOptions {
  readonly backbone: Pick<Backbone, "history" | "offsets">;
  readonly engine: StateEngine;
  /** The topic of the dead letters. */
  readonly deadLetters: string;
  readonly log: Log;
}

/** A record about which there is a letter. */
export interface Known {
  /** `topic/partition/offset`. */
  readonly place: string;
  /** Another text for another record at the same place. */
  readonly content: string;
}

/**
 * Dead letters that were written, or found, by a process with this state. A table's bad records are met again at each
 * start; with these they need not be looked for in the whole topic of the dead letters. If the log has lost letters in
 * a power cut, none is known.
 */
export class KnownLetters {
  readonly #options: KnownLettersOptions;
  readonly #database: StateDatabase;
  /** Contents by place, the oldest first. */
  readonly #contents: Map<string, string>;

  static async open(options: KnownLettersOptions): Promise<KnownLetters> {
    const { backbone, engine, log } = options;
    const history = await backbone.history?.();
    const database = await openState({ engine, name: DATABASE, history, positionsIn, log });
    try {
      const entries = await database.range(PLACE, PLACE_END);
      const contents = entries.map(
        ([key, content]) => [key.slice(PLACE.length), Buffer.from(content).toString()] as const,
      );
      return new KnownLetters(options, database, new Map(contents));
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  private constructor(options: KnownLettersOptions, database: StateDatabase, contents: Map<string, string>) {
    this.#options = options;
    this.#database = database;
    this.#contents = contents;
  }

  has({ place, content }: Known): boolean {
    return this.#contents.get(place) === content;
  }

  /** These are among the dead letters by now. */
  async add(letters: readonly Known[]): Promise<void> {
    const fresh = letters.filter((letter) => !this.has(letter));
    if (fresh.length === 0) return;
    const changes: Change[] = [];
    for (const { topic, partition, end } of await this.#options.backbone.offsets([this.#options.deadLetters])) {
      changes.push(positionChange(`${topic}/${partition}`, end));
    }
    for (const { place, content } of fresh) {
      this.#contents.set(place, content);
      changes.push([PLACE + place, Buffer.from(content)]);
    }
    // One that is forgotten is looked for among the dead letters.
    for (const place of this.#contents.keys()) {
      if (this.#contents.size <= streamsLimits.unreadablePlaces) break;
      this.#contents.delete(place);
      changes.push([PLACE + place, null]);
    }
    await this.#database.write(changes);
  }

  close(): Promise<void> {
    return this.#database.close();
  }
}
