import { random } from "../../blueprints/random.ts";
import { HOUR, iso, rowOf, START, type Values } from "./tables.ts";

/** Names that a file may have, most of them unfit for a blueprint. */
const NAMES: readonly string[] = [
  ...["price", "Price", "pRICE", "a b", 'say "so"', "it's", "a: b", "- x", "# no", "{x}", "[y]", "&z", "*w", "%v"],
  ...["__proto__", "constructor", "hasOwnProperty", "toString", "true", "null", "and", "if", "not", "y", "no"],
  ...["unit", "value", "label", "labelTime", "label_x", "mode", "reason", "decisionTime", "decisionId", "rowTime"],
  ...["prediction_x", "kind", "outcome", "is_price", "in_value", "tags", "tags_0", "has_tags", "slot_x", "décor"],
  ...[
    "decision_hour",
    "count_view_1h",
    "new\nline",
    "tab\there",
    "\u2028",
    "名前",
    "",
    " ",
    "x".repeat(129),
    "x".repeat(128),
  ],
];

type Make = (next: () => number, at: number) => Values[string];
const pick = <T>(next: () => number, some: readonly T[]): T => some[Math.floor(next() * some.length)]!;

/** Columns of every type, and of none. */
const MAKES: readonly Make[] = [
  (next) => Math.round(next() * 1_000) / 10,
  (next) => String(Math.floor(next() * 50)),
  (next) => String(Math.floor(next() * 90)).padStart(4, "0"),
  (next) => pick(next, ["True", "False"]),
  (next) => next() < 0.5,
  (next) => pick(next, ["yes", "no", "maybe"]),
  (next) => pick(next, ["red", "green", 'bl"ue', "a: b", "# x", "null", "1"]),
  (next) => `user ${Math.floor(next() * 300)}`,
  (_, at) => `id-${at}`,
  (_, at) => at,
  () => "same",
  () => null,
  (next, at) => iso(START + at * HOUR - Math.floor(next() * 100) * HOUR),
  (next) => JSON.stringify([next(), next(), next()]),
  (next) => JSON.stringify(["a", "b", 'c"d', ""].filter(() => next() < 0.5)),
  (next) => `a long text of many words, number ${Math.floor(next() * 1e6)}, that nobody reads to its end`,
  (next) => pick(next, ["1e999", "12", "12345678901234567890"]),
  (next) => (next() < 0.5 ? "12" : "twelve"),
  (next) => pick(next, ["NaN", "Infinity", "3"]),
];

export interface RandomTables {
  readonly decisions: readonly Values[];
  readonly observations: readonly Values[];
  readonly events: readonly Values[];
  readonly label: string;
}

/** Files of a product that nobody knows: random columns under random names. */
export function randomTables(seed: number): RandomTables {
  const next = random(seed);
  const columnsOf = (most: number): readonly (readonly [name: string, make: Make, missing: number])[] =>
    Array.from({ length: 1 + Math.floor(next() * most) }, () => [
      pick(next, NAMES),
      pick(next, MAKES),
      next() < 0.5 ? 0 : next() * 0.9,
    ]);
  const sizes = 40 + Math.floor(next() * 260);
  const own = columnsOf(14).filter(([name]) => name !== "id" && name !== "decided");
  const seen = columnsOf(5).filter(([name]) => name !== "kind" && name !== "score");
  const told = columnsOf(6).filter(([name]) => name !== "kind");
  const cells = (columns: typeof own, at: number): (readonly [string, Values[string]])[] =>
    columns.map(([name, make, missing]) => {
      const value = make(next, at);
      return [name, next() < missing ? null : value];
    });
  const hasKinds = next() < 0.7;
  const kinds = ["view", "buy", "Bad kind", "count"];
  const decisions: Values[] = [];
  const observations: Values[] = [];
  const events: Values[] = [];
  for (let at = 0; at < sizes; at++) {
    const time = START + at * HOUR;
    decisions.push(rowOf([...cells(own, at), ["id", `d${at}`], ["decided", iso(time)], ["steady", at % 7]]));
    events.push(rowOf([...cells(told, at), ["event_ts", iso(time + HOUR / 4)], ["kind", pick(next, kinds)]]));
    if (at > 0 && next() < 0.2) continue;
    observations.push(
      rowOf([
        ...cells(seen, at),
        ["id", `d${at}`],
        ["event_ts", iso(time + HOUR / 2)],
        ["score", Math.floor(next() * 10)],
        ...(hasKinds ? [["kind", pick(next, kinds)] as const] : []),
      ]),
    );
  }
  return { decisions, observations, events, label: pick(next, ["score", "score > 4", "score > 4 and score < 9"]) };
}
