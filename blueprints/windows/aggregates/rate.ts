import { someNumber } from "../../formula/possible.ts";
import type { WindowAggregateKind, WindowTerms, WindowValue } from "../window-aggregate.ts";
import { count } from "./count.ts";

const HOUR = 3_600_000;

/** Events an hour of the window's length, even with missing values; 0 if there are none. */
export const rate: WindowAggregateKind = {
  name: "rate",
  of: "events",
  conditional: true,
  title: "Hourly number",
  possible: someNumber(0),
  over: (tiles, span, field, fields, terms) => hourly(count.over(tiles, span, field, fields, terms), terms),
  overTrees: (tiles, span, field, fields, terms) => hourly(count.overTrees!(tiles, span, field, fields, terms), terms),
};

const hourly = (events: WindowValue, { windowMs }: WindowTerms): number =>
  (typeof events === "number" ? events : 0) / (windowMs / HOUR);
