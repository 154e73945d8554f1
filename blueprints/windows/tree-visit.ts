import { childAt, isNode, nodeIn, type TileNode } from "./tile-node.ts";
import { childPlace, FANOUT, type Place } from "./tile-place.ts";
import { childPath, partAt, type TileParts } from "./tile-tree.ts";
import type { Tile } from "./tile.ts";

/** A tile with its place and, if it is a tree, its parts. */
export interface PlacedTile {
  readonly tile: Tile;
  readonly place: Place;
  readonly parts: Pick<TileParts, "get">;
}

/** `[from, to)`, ms, for events with this number of fields. */
interface Asked {
  readonly from: number;
  readonly to: number;
  readonly fields: number;
}

/** The next step: look into the child, go on without it, or stop. */
export type Next = "open" | "skip" | "stop";

export interface TreeVisitor {
  /**
   * Called for a child with events that may lie in the range; its totals are at `node[at]`. `inside`: all of them do.
   */
  child(node: TileNode, at: number, inside: boolean): Next;
  /** Called for a plain tile of which some events may lie in the range. */
  leaf(tile: Tile): Next;
}

/** The plain tiles of trees that may have events in the range. */
export function plainTiles(tiles: readonly PlacedTile[], asked: Asked): readonly Tile[] {
  const found: Tile[] = [];
  visitTrees(tiles, asked, {
    child: () => "open",
    leaf(tile) {
      found.push(tile);
      return "open";
    },
  });
  return found;
}

/** Children by node. Every change below a node writes the node anew, so they are right as long as the node exists. */
const lookedUp = new WeakMap<Tile, Tile[]>();

/** The child of the node at a path. Throws if it is missing. */
export function childTile(parts: PlacedTile["parts"], node: Tile, path: string, index: number): Tile {
  let children = lookedUp.get(node);
  if (children === undefined) lookedUp.set(node, (children = []));
  return (children[index] ??= partAt(parts, childPath(path, index)));
}

/** @returns false if the visitor has stopped. */
export function visitTrees(
  tiles: readonly PlacedTile[],
  asked: Asked,
  visitor: TreeVisitor,
  backwards = false,
): boolean {
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
  visitor: TreeVisitor,
  backwards: boolean,
): boolean {
  if (!isNode(tile)) return visitor.leaf(tile) !== "stop";
  const node = nodeIn(tile, asked.fields);
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
    const found = childTile(parts, tile, path, index);
    if (!visitPart(parts, found, childPath(path, index), child, asked, visitor, backwards)) return false;
  }
  return true;
}
