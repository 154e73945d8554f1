import {
  fillFromTrees,
  fillWindows,
  isNode,
  tilesFor,
  type FeatureVector,
  type Tile,
  type WindowGroup,
} from "../../blueprints/index.ts";
import { firstFrom } from "../../streams/index.ts";
import { partKey, tileKey, wordsFor, type WindowBytes } from "../globals/index.ts";

/** Fills in the windows of a key whose events are here, as of `time`, ms. */
export function fillKey(
  group: WindowGroup,
  key: string,
  time: number,
  windows: WindowBytes,
  features: FeatureVector,
): void {
  const { onDisk } = windows;
  const isApart =
    windows.series === undefined || (onDisk !== undefined && onDisk.size > 0 && onDisk.has(group.stateId));
  const tiles = isApart ? tilesByKey(group, key, time, windows) : tilesOf(group, key, time, windows);
  const wordOf = wordsFor(group, time, windows);
  if (!tiles.some(isNode)) return fillWindows(group, tiles, time, features, wordOf);
  fillFromTrees(group, (start, path) => windows.get(partKey(group, start, path, key)), time, features, wordOf);
}

const none: readonly Tile[] = Object.freeze([]);

/** In time order. */
function tilesOf(group: WindowGroup, key: string, time: number, windows: WindowBytes): readonly Tile[] {
  const series = windows.series!(group.stateId, key);
  if (series === undefined) return none;
  const { first, last } = tilesFor(group, time);
  const { numbers, values } = series;
  const tiles: Tile[] = [];
  for (let at = firstFrom(numbers, first); at < numbers.length && numbers[at]! <= last; at++) tiles.push(values[at]!);
  return tiles;
}

/** The same for tiles that can be read one by one only. */
function tilesByKey(group: WindowGroup, key: string, time: number, windows: WindowBytes): readonly Tile[] {
  const { first, last } = tilesFor(group, time);
  const tiles: Tile[] = [];
  for (let start = first; start <= last; start += group.tileMs) {
    const tile = windows.get(tileKey(group, start, key));
    if (tile !== undefined) tiles.push(tile);
  }
  return tiles;
}
