import {
  childAt,
  countEvent,
  eventsIn,
  isNode,
  newNode,
  nodeIn,
  nodeTile,
  setChild,
  totalsOfEvents,
  totalsOfNode,
  type TileNode,
} from "./tile-node.ts";
import { childOf, childPlace, FANOUT, type Place } from "./tile-place.ts";
import { compareEvents, eventNumbers, insertNumbers, tileNumbers, type Tile } from "./tile.ts";
import { DomainError } from "../../schemas/index.ts";

/** Most events of a plain tile; with more it becomes a tree. */
export const LEAF_EVENTS = 2_048;

/** The parts of one tile, by path: empty for the tile itself, one hexadecimal digit more for each level below. */
export interface TileParts {
  get(path: string): Tile | undefined;
  put(path: string, tile: Tile): void;
  delete(path: string): void;
}

/**
 * Adds an event to the tile of this place. Up to `LEAF_EVENTS` it is a plain tile. With more it is a tree of nodes over
 * plain tiles, cut along the order of the events: an event then costs some small copies, however many there are. All
 * parts depend on the set of events alone.
 *
 * Of more than `most` events the first ones in the order are kept. So no later event changes the features of a
 * decision.
 * @returns whether there was room; without it one event, the new one or the last, is not kept.
 */
export function addToTile(
  parts: TileParts,
  place: Place,
  time: number,
  values: readonly (number | null)[],
  most: number,
): boolean {
  const event = eventNumbers(time, values);
  const tile = parts.get("");
  if (tile === undefined || countIn(tile, values.length) < most) {
    add(parts, "", place, event);
    return true;
  }
  if (isBeforeLast(parts, "", event)) {
    add(parts, "", place, event);
    removeLast(parts, "", place, values.length);
  }
  return false;
}

/** Whether the tile is plain and stays plain with one more event, which `insertEvent` then adds. */
export function staysPlain(tile: Tile | null, fields: number): boolean {
  return tile === null || (tile.byteLength < 8 * (1 + fields) * LEAF_EVENTS && !isNode(tile));
}

/** The part of a tile's tree at a path. Throws if it is missing: every part with events is there. */
export function partAt(parts: Pick<TileParts, "get">, path: string): Tile {
  const tile = parts.get(path);
  if (tile === undefined)
    throw new DomainError("DAMAGED_WINDOW", `part "${path}" of a tile is missing: its state is damaged, delete it`);
  return tile;
}

export const childPath = (path: string, index: number): string => path + index.toString(16);

function countIn(tile: Tile, fields: number): number {
  return isNode(tile) ? eventsIn(nodeIn(tile, fields)) : tile.byteLength / (8 * (1 + fields));
}

function add(parts: TileParts, path: string, place: Place, event: Float64Array): void {
  const fields = event.length - 1;
  const tile = parts.get(path) ?? null;
  if (tile !== null && isNode(tile)) {
    const index = childOf(place, event, 0);
    add(parts, childPath(path, index), childPlace(place, index), event);
    const node = nodeIn(tile, fields).slice();
    countEvent(node, index, event, 0, fields);
    parts.put(path, nodeTile(node));
    return;
  }
  const inserted = insertNumbers(tile, event);
  const numbers = tileNumbers(inserted, fields);
  if (isLeaf(numbers, fields)) parts.put(path, inserted);
  else split(parts, path, place, numbers, fields);
}

/** Equal events can't be told apart: any number of them is a plain tile. */
function isLeaf(numbers: Float64Array, fields: number): boolean {
  const stride = 1 + fields;
  return numbers.length <= LEAF_EVENTS * stride || compareEvents(numbers, 0, numbers.subarray(-stride)) === 0;
}

/** Writes sorted events as a node and its parts. */
function split(parts: TileParts, path: string, place: Place, numbers: Float64Array, fields: number): void {
  const stride = 1 + fields;
  const node = newNode(fields);
  for (let from = 0; from < numbers.length;) {
    const index = childOf(place, numbers, from);
    let to = from + stride;
    while (to < numbers.length && childOf(place, numbers, to) === index) to += stride;
    const events = numbers.slice(from, to);
    const [at, child] = [childPath(path, index), childPlace(place, index)];
    if (isLeaf(events, fields)) parts.put(at, new Uint8Array(events.buffer));
    else split(parts, at, child, events, fields);
    setChild(node, index, totalsOfEvents(events, fields), fields);
    from = to;
  }
  parts.put(path, nodeTile(node));
}

function isBeforeLast(parts: TileParts, path: string, event: Float64Array): boolean {
  const fields = event.length - 1;
  const tile = partAt(parts, path);
  if (isNode(tile)) return isBeforeLast(parts, childPath(path, lastChild(nodeIn(tile, fields), fields)), event);
  const numbers = tileNumbers(tile, fields);
  return compareEvents(numbers, numbers.length - event.length, event) > 0;
}

function lastChild(node: TileNode, fields: number): number {
  let index = FANOUT - 1;
  while (index > 0 && node[childAt(index, fields)] === 0) index--;
  return index;
}

/** Removes the last event. A node as small as a plain tile becomes one. */
function removeLast(parts: TileParts, path: string, place: Place, fields: number): void {
  const tile = partAt(parts, path);
  if (!isNode(tile)) {
    if (tile.byteLength === 8 * (1 + fields)) parts.delete(path);
    else parts.put(path, tile.slice(0, -8 * (1 + fields)));
    return;
  }
  const node = nodeIn(tile, fields).slice();
  const index = lastChild(node, fields);
  removeLast(parts, childPath(path, index), childPlace(place, index), fields);
  setChild(node, index, totalsAt(parts, childPath(path, index), fields), fields);
  if (eventsIn(node) <= LEAF_EVENTS || isAlike(parts, path, node, fields)) {
    parts.put(path, gathered(parts, path, node, fields));
  } else parts.put(path, nodeTile(node));
}

/** Whether all events below a node are equal; they are then in one plain tile. */
function isAlike(parts: TileParts, path: string, node: TileNode, fields: number): boolean {
  const index = lastChild(node, fields);
  if (node[childAt(index, fields)] !== eventsIn(node)) return false;
  const tile = partAt(parts, childPath(path, index));
  return !isNode(tile) && isLeaf(tileNumbers(tile, fields), fields);
}

function totalsAt(parts: TileParts, path: string, fields: number): Float64Array {
  const tile = parts.get(path);
  if (tile === undefined) return totalsOfEvents(new Float64Array(), fields);
  return isNode(tile) ? totalsOfNode(nodeIn(tile, fields), fields) : totalsOfEvents(tileNumbers(tile, fields), fields);
}

/** The events below a node as one plain tile; their former parts are deleted. All of these are plain tiles. */
function gathered(parts: TileParts, path: string, node: TileNode, fields: number): Tile {
  const tiles: Tile[] = [];
  for (let index = 0; index < FANOUT; index++) {
    if (node[childAt(index, fields)] === 0) continue;
    tiles.push(partAt(parts, childPath(path, index)));
    parts.delete(childPath(path, index));
  }
  return Uint8Array.from(Buffer.concat(tiles));
}
