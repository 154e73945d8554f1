import { FANOUT } from "./tile-place.ts";
import { tileNumbers, type Tile } from "./tile.ts";
import { DomainError } from "../../schemas/index.ts";

/**
 * A tree's summary of the parts of a tile, as doubles: NaN, the number of events, and for each child its totals. Totals
 * are the events, and for each field the values, their sum and the sum of their sizes. A sum is NaN unless it is exact
 * in any order.
 */
export type TileNode = Float64Array;

const HEAD = 2;

/** Bytes of a node of events without fields. */
const LEAST_BYTES = 8 * (HEAD + FANOUT);

const totalsLength = (fields: number): number => 1 + 3 * fields;

/** Plain tiles begin with a time, which is never missing. */
export function isNode(tile: Tile): boolean {
  return tile.length >= LEAST_BYTES && tile[7] === 0x7f && (tile[6]! & 0xf8) === 0xf8;
}

export function newNode(fields: number): TileNode {
  const node = new Float64Array(HEAD + FANOUT * totalsLength(fields));
  node[0] = Number.NaN;
  return node;
}

/** Shares the tile's memory if its alignment allows that: don't write. */
export function nodeIn(tile: Tile, fields: number): TileNode {
  const node = tileNumbers(tile, 0);
  if (node.length !== HEAD + FANOUT * totalsLength(fields)) {
    throw new DomainError(
      "DAMAGED_WINDOW",
      `a node of ${node.length} numbers is not one of events with ${fields} fields`,
    );
  }
  return node;
}

export const nodeTile = (node: TileNode): Tile => new Uint8Array(node.buffer, node.byteOffset, node.byteLength);

export const eventsIn = (node: TileNode): number => node[1]!;

/** The index at which a child's totals begin. */
export const childAt = (index: number, fields: number): number => HEAD + index * totalsLength(fields);

/** Adds the event at `numbers[at]` to the totals of a child. */
export function countEvent(node: TileNode, index: number, numbers: Float64Array, at: number, fields: number): void {
  node[1]!++;
  addEvent(node, childAt(index, fields), numbers, at, fields);
}

export function setChild(node: TileNode, index: number, totals: Float64Array, fields: number): void {
  const at = childAt(index, fields);
  node[1] = node[1]! - node[at]! + totals[0]!;
  node.set(totals, at);
}

/** Totals of a plain tile's events. */
export function totalsOfEvents(numbers: Float64Array, fields: number): Float64Array {
  const totals = new Float64Array(totalsLength(fields));
  for (let at = 0; at < numbers.length; at += 1 + fields) addEvent(totals, 0, numbers, at, fields);
  return totals;
}

/** Totals of all children of a node. */
export function totalsOfNode(node: TileNode, fields: number): Float64Array {
  const totals = new Float64Array(totalsLength(fields));
  for (let index = 0; index < FANOUT; index++) {
    const from = childAt(index, fields);
    totals[0]! += node[from]!;
    for (let field = 0; field < fields; field++) {
      const at = 1 + 3 * field;
      totals[at]! += node[from + at]!;
      addSum(totals, at + 1, node[from + at + 1]!, node[from + at + 2]!);
    }
  }
  return totals;
}

function addEvent(into: Float64Array, base: number, numbers: Float64Array, at: number, fields: number): void {
  into[base]!++;
  for (let field = 0; field < fields; field++) {
    const value = numbers[at + 1 + field]!;
    if (Number.isNaN(value)) continue;
    into[base + 1 + 3 * field]!++;
    const whole = Number.isInteger(value) ? value : Number.NaN;
    addSum(into, base + 2 + 3 * field, whole, Math.abs(whole));
  }
}

/** While the sizes add up to no more than 2^53, sums of whole numbers are exact, and so the same in any order. */
function addSum(into: Float64Array, at: number, sum: number, size: number): void {
  into[at]! += sum;
  into[at + 1]! += size;
  if (into[at + 1]! <= Number.MAX_SAFE_INTEGER) return;
  into[at] = Number.NaN;
  into[at + 1] = Number.NaN;
}
