import { someNumber } from "../../formula/possible.ts";
import { tileNumbers } from "../tile.ts";
import { summarizer } from "../tree-summary.ts";
import { endIn, firstIn, isEmpty, type WindowAggregateKind } from "../window-aggregate.ts";
import { comesAfter, valueOf, type WordOf } from "../word.ts";

/** How often each value is there. */
type Counts = ReadonlyMap<number, number>;

/** The category that most events have; of several, the first text in order of characters. */
export const top: WindowAggregateKind = {
  name: "top",
  of: "field",
  takes: { category: "category" },
  title: "Most frequent",
  possible: someNumber(),
  over(tiles, { from, to }, field, fields, _terms, wordOf) {
    const stride = 1 + fields;
    const counts = new Map<number, number>();
    for (let t = 0; t < tiles.length; t++) {
      const tile = tiles[t];
      if (isEmpty(tile)) continue;
      const numbers = tileNumbers(tile, fields);
      const first = firstIn(numbers, stride, from) * stride + 1 + field;
      add(counts, numbers, first, endIn(numbers, stride, to) * stride, stride);
    }
    return mostOf(counts, wordOf);
  },
  overTrees: (tiles, span, field, fields, _terms, wordOf) => mostOf(countsInTrees(tiles, span, field, fields), wordOf),
};

function mostOf(counts: Counts, wordOf: WordOf | undefined): number | string | null {
  let top: number | null = null;
  let most = 0;
  for (const [value, count] of counts) {
    if (count < most || (count === most && top !== null && !comesAfter(top, value, wordOf))) continue;
    top = value;
    most = count;
  }
  return valueOf(top, wordOf);
}

function add(
  into: Map<number, number>,
  numbers: Float64Array,
  first: number,
  end: number,
  stride: number,
): Map<number, number> {
  for (let at = first; at < end; at += stride) {
    const value = numbers[at]!;
    if (!Number.isNaN(value)) into.set(value, (into.get(value) ?? 0) + 1);
  }
  return into;
}

const countsInTrees = summarizer<Counts>({
  of: (numbers, first, end, stride) => add(new Map(), numbers, first, end, stride),
  merge(some) {
    if (some.length === 1) return some[0]!;
    const all = new Map<number, number>();
    for (const counts of some) for (const [value, count] of counts) all.set(value, (all.get(value) ?? 0) + count);
    return all;
  },
});
