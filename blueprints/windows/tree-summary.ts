import { childAt, isNode, nodeIn } from "./tile-node.ts";
import { childPlace, FANOUT, type Place } from "./tile-place.ts";
import { childPath } from "./tile-tree.ts";
import { tileNumbers, type Tile } from "./tile.ts";
import { childTile, type PlacedTile } from "./tree-visit.ts";
import { endIn, firstIn, type TimeSpan } from "./window-aggregate.ts";

/** What an aggregate keeps of events, if it is the same in any order and for any cuts. */
export interface Summary<S> {
  /**
   * Of the values `numbers[first]`, `numbers[first + stride]` and so on, before `end`; NaN: missing.
   */
  of(numbers: Float64Array, first: number, end: number, stride: number): S;
  /** Of the events of all of them; of none: that of no events. Changes none of them. */
  merge(some: readonly S[]): S;
}

/** Below a place, the tile at a path. */
interface Part {
  readonly parts: PlacedTile["parts"];
  readonly tile: Tile;
  readonly path: string;
  readonly place: Place;
}

/**
 * A function that summarizes a field of the events of trees. Every part that lies wholly in the span is summarized once
 * and kept as long as it exists: an event changes a path of parts, whatever the number of events.
 */
export function summarizer<S>({ of, merge }: Summary<S>) {
  /** By part, and then by field. */
  const kept = new WeakMap<Tile, S[]>();

  function whole(part: Part, field: number, fields: number): S {
    const { tile } = part;
    let byField = kept.get(tile);
    if (byField === undefined) kept.set(tile, (byField = []));
    const known = byField[field];
    if (known !== undefined) return known;
    const made = isNode(tile)
      ? merge(childrenOf(part, field, fields).map((child) => whole(child, field, fields)))
      : leaf(tile);
    byField[field] = made;
    return made;

    function leaf(plain: Tile): S {
      const numbers = tileNumbers(plain, fields);
      return of(numbers, 1 + field, numbers.length, 1 + fields);
    }
  }

  function within(part: Part, span: TimeSpan, field: number, fields: number): S {
    const { tile, place } = part;
    if (place.start >= span.from && place.start + place.width <= span.to) return whole(part, field, fields);
    if (isNode(tile)) {
      const touched = childrenOf(part, field, fields).filter(
        ({ place: { start, width } }) => start < span.to && start + width > span.from,
      );
      return merge(touched.map((child) => within(child, span, field, fields)));
    }
    const stride = 1 + fields;
    const numbers = tileNumbers(tile, fields);
    const end = numbers.length === 0 ? 0 : endIn(numbers, stride, span.to);
    const first = end === 0 ? 0 : firstIn(numbers, stride, span.from);
    return of(numbers, first * stride + 1 + field, end * stride, stride);
  }

  return (tiles: readonly PlacedTile[], span: TimeSpan, field: number, fields: number): S =>
    merge(tiles.map(({ tile, place, parts }) => within({ tile, place, parts, path: "" }, span, field, fields)));
}

/** The children with a value in the field. */
function childrenOf({ parts, tile, path, place }: Part, field: number, fields: number): readonly Part[] {
  const node = nodeIn(tile, fields);
  const children: Part[] = [];
  for (let index = 0; index < FANOUT; index++) {
    if (node[childAt(index, fields) + 1 + 3 * field] === 0) continue;
    const [below, at] = [childPath(path, index), childPlace(place, index)];
    children.push({ parts, tile: childTile(parts, tile, path, index), path: below, place: at });
  }
  return children;
}
