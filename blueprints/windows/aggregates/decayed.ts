import { someNumber } from "../../formula/possible.ts";
import { tileNumbers } from "../tile.ts";
import { endIn, firstIn, isEmpty, type WindowAggregateKind } from "../window-aggregate.ts";
import { finite } from "./total.ts";

const DAY = 24 * 3_600_000;

/**
 * Sum of the values, each worth half as much for each half life of its age at the decision, added in the order of the
 * events; null if there are none. The weights change with every decision, so it reads every event in the window.
 */
export const decayed: WindowAggregateKind = {
  name: "decayed",
  of: "field",
  title: "Decayed sum of",
  possible: someNumber(),
  parameter: { key: "halfLife", range: { min: 1_000, max: 366 * DAY } },
  over(tiles, { from, to }, field, fields, { parameterMs: halfLife }) {
    const stride = 1 + fields;
    let values = 0;
    let sum = 0;
    for (let t = 0; t < tiles.length; t++) {
      const tile = tiles[t];
      if (isEmpty(tile)) continue;
      const numbers = tileNumbers(tile, fields);
      const end = endIn(numbers, stride, to) * stride;
      for (let at = firstIn(numbers, stride, from) * stride; at < end; at += stride) {
        const value = numbers[at + 1 + field]!;
        if (value !== value) continue;
        sum += value * Math.pow(2, (numbers[at]! - to) / halfLife!);
        values++;
      }
    }
    return values === 0 ? null : finite(sum);
  },
};
