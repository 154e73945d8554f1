import { tilesFor, wordName, type WindowGroup, type WordOf } from "../../blueprints/index.ts";
import { DomainError, type EventRecorded } from "../../schemas/index.ts";
import { textOf, type Bytes } from "../../streams/index.ts";

/** Like a part of a tile: it belongs to no key, and goes with the tiles that start at the same time. */
const wordKey = ({ stateId }: Pick<WindowGroup, "stateId">, start: number, value: number): string =>
  `${stateId}|${start}.~${wordName(value)}|`;

/** Of the key of a text: the state id and the start of its tiles, `stateId|start`. */
export const placeOfWord = (at: string): string | undefined => /^(.*?\|-?\d+)\.~[0-9a-f]{16}\|$/s.exec(at)?.[1];

/**
 * Tiles have a number for a category. Its text lies beside them, once for all tiles of the group that start at one time.
 * @param values of the event, as in the tile
 */
export function keepWords(
  bytes: Bytes,
  group: WindowGroup,
  start: number,
  attributes: EventRecorded["attributes"],
  values: readonly (number | null)[],
): void {
  for (const field of group.words) {
    const value = values[field];
    if (value === null || value === undefined) continue;
    const at = wordKey(group, start, value);
    if (bytes.get(at) === undefined) bytes.put(at, Buffer.from(group.fields[field]!.wordOf!(attributes)!));
  }
}

/** The texts of categories in tiles that a decision at `time` can need; `undefined`: the group has none. */
export function wordsFor(group: WindowGroup, time: number, windows: Pick<Bytes, "get">): WordOf | undefined {
  if (group.words.length === 0) return undefined;
  return (value) => {
    const { first, last } = tilesFor(group, time);
    for (let start = last; start >= first; start -= group.tileMs) {
      const text = windows.get(wordKey(group, start, value));
      if (text !== undefined) return textOf(text);
    }
    throw new DomainError(
      "DAMAGED_WINDOW",
      `windows of ${group.id} have a category without its text: their state is damaged, delete it`,
    );
  };
}
