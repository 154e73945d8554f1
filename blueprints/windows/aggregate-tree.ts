import type { WindowAggregate } from "../blueprint.ts";
import { aggregate, type TimeRange } from "./aggregate.ts";
import { childAt, isNode, nodeIn, type TileNode } from "./tile-node.ts";
import { childPlace, FANOUT, type Place } from "./tile-place.ts";
import { childPath, partAt, type TileParts } from "./tile-tree.ts";
import { tileNumbers, type Tile } from "./tile.ts";

/** A tile with its place and, where it is a tree, its parts. */
export interface PlacedTile {
  readonly tile: Tile;
  readonly place: Place;
  readonly parts: Pick<TileParts, "get">;
}

/** `[from, to)`, ms. */
interface Asked {
  readonly from: number;
  readonly to: number;
  readonly fields: number;
}

/** What is next: look into the child, go on without, or look at nothing more. */
type Next = "open" | "skip" | "stop";

interface Visitor {
  /** Of a child with events that may lie in the range; its totals are at `node[at]`. `inside`: all of them do. */
  child(node: TileNode, at: number, inside: boolean): Next;
  /** Of a plain tile some events of which may lie in the range. */
  leaf(tile: Tile): Next;
}

/**
 * As `aggregate`, of tiles in time order some of which are trees, with the same bits. Parts that lie in the range as a whole count by their
 * totals; single events are looked at only at the ends of the range, and for sums wherever totals would not be exact.
 */
export function aggregateTrees(
  tiles: readonly PlacedTile[],
  range: TimeRange,
  fieldIndex: number,
  kind: WindowAggregate,
  fields: number,
): number | null {
  const asked = { from: range.open ? range.from + 1 : range.from, to: range.to, fields };
  const plain = (of: readonly Tile[]): number | null =>
    aggregate(of, { ...asked, open: false }, fieldIndex, kind, fields);
  if (kind === "count") return count(tiles, asked, (tile) => plain([tile])!);
  if (kind === "last") return last(tiles, asked, fieldIndex, (tile) => plain([tile]));
  const exact = exactSum(tiles, asked, fieldIndex);
  if (exact === undefined) return plain(plainTiles(tiles, asked));
  if (exact.values === 0) return null;
  return kind === "sum" ? exact.sum : exact.sum / exact.values;
}

function count(tiles: readonly PlacedTile[], asked: Asked, countIn: (tile: Tile) => number): number {
  let events = 0;
  visit(tiles, asked, {
    child(node, at, inside) {
      if (!inside) return "open";
      events += node[at]!;
      return "skip";
    },
    leaf(tile) {
      events += countIn(tile);
      return "open";
    },
  });
  return events;
}

function last(
  tiles: readonly PlacedTile[],
  asked: Asked,
  fieldIndex: number,
  lastIn: (tile: Tile) => number | null,
): number | null {
  let found: number | null = null;
  const visitor: Visitor = {
    child: (node, at) => (node[at + 1 + 3 * fieldIndex] === 0 ? "skip" : "open"),
    leaf(tile) {
      found = lastIn(tile);
      return found === null ? "open" : "stop";
    },
  };
  visit(tiles, asked, visitor, true);
  return found;
}

/** `undefined` where the sum may depend on the order it is made in. Of whole numbers it does not, up to 2^53. */
function exactSum(
  tiles: readonly PlacedTile[],
  asked: Asked,
  fieldIndex: number,
): { readonly sum: number; readonly values: number } | undefined {
  const { from, to, fields } = asked;
  let values = 0;
  let sum = 0;
  let size = 0;
  // False for NaN, too.
  const next = (): Next => (size <= Number.MAX_SAFE_INTEGER ? "skip" : "stop");
  const whole = visit(tiles, asked, {
    child(node, at, inside) {
      if (!inside) return "open";
      const totals = at + 1 + 3 * fieldIndex;
      values += node[totals]!;
      sum += node[totals + 1]!;
      size += node[totals + 2]!;
      return next();
    },
    leaf(tile) {
      const numbers = tileNumbers(tile, fields);
      for (let at = 0; at < numbers.length; at += 1 + fields) {
        const time = numbers[at]!;
        const value = numbers[at + 1 + fieldIndex]!;
        if (time < from || time >= to || Number.isNaN(value)) continue;
        if (!Number.isInteger(value)) return "stop";
        values++;
        sum += value;
        size += Math.abs(value);
      }
      return next();
    },
  });
  return whole ? { sum, values } : undefined;
}

function plainTiles(tiles: readonly PlacedTile[], asked: Asked): readonly Tile[] {
  const found: Tile[] = [];
  visit(tiles, asked, {
    child: () => "open",
    leaf(tile) {
      found.push(tile);
      return "open";
    },
  });
  return found;
}

/** By node: its children. A node is written anew with every change below it, so they are the right ones as long as it is. */
const lookedUp = new WeakMap<Tile, Tile[]>();

/** @returns false where the visitor has stopped. */
function visit(tiles: readonly PlacedTile[], asked: Asked, visitor: Visitor, backwards = false): boolean {
  for (let i = 0; i < tiles.length; i++) {
    const { tile, place, parts } = tiles[backwards ? tiles.length - 1 - i : i]!;
    if (!visitPart(parts, tile, "", place, asked, visitor, backwards)) return false;
  }
  return true;
}

function visitPart(
  parts: PlacedTile["parts"],
  tile: Tile,
  path: string,
  place: Place,
  asked: Asked,
  visitor: Visitor,
  backwards: boolean,
): boolean {
  if (!isNode(tile)) return visitor.leaf(tile) !== "stop";
  const node = nodeIn(tile, asked.fields);
  let children = lookedUp.get(tile);
  if (children === undefined) lookedUp.set(tile, (children = []));
  for (let i = 0; i < FANOUT; i++) {
    const index = backwards ? FANOUT - 1 - i : i;
    const at = childAt(index, asked.fields);
    if (node[at] === 0) continue;
    const child = childPlace(place, index);
    const end = child.start + child.width;
    if (child.start >= asked.to || end <= asked.from) continue;
    const next = visitor.child(node, at, child.start >= asked.from && end <= asked.to);
    if (next === "stop") return false;
    if (next === "skip") continue;
    const below = childPath(path, index);
    const found = (children[index] ??= partAt(parts, below));
    if (!visitPart(parts, found, below, child, asked, visitor, backwards)) return false;
  }
  return true;
}
