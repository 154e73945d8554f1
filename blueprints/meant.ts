import { nearest } from "./nearest.ts";

/** Words of other languages and libraries, each with the words here. Of several, the first known one counts. */
const OTHER_WORDS: Readonly<Record<string, readonly string[]>> = {
  avg: ["mean"],
  average: ["mean"],
  total: ["sum"],
  num: ["count"],
  size: ["count"],
  first: ["earliest"],
  oldest: ["earliest"],
  last: ["latest"],
  newest: ["latest", "last"],
  latest: ["last"],
  maximum: ["max"],
  minimum: ["min"],
  greatest: ["max"],
  least: ["min"],
  std: ["stddev"],
  var: ["variance"],
  name: ["useCase"],
  options: ["actions"],
  choices: ["actions", "values"],
  categories: ["values"],
  levels: ["values"],
  columns: ["fields", "slots"],
  column: ["field"],
  buckets: ["slots", "bounds"],
  bins: ["bounds", "slots"],
  edges: ["bounds"],
  boundaries: ["bounds"],
  cuts: ["bounds"],
  expression: ["formula"],
  expr: ["formula", "value"],
  timestamp: ["time"],
  datetime: ["time"],
  date: ["time"],
  instant: ["time"],
  array: ["list"],
  tags: ["list"],
  dow: ["dayOfWeek"],
  weekday: ["dayOfWeek"],
  hourofday: ["hour"],
  dayofmonth: ["day"],
  nestimators: ["rounds"],
  iterations: ["rounds"],
  monotoneconstraints: ["monotone"],
  monotonic: ["monotone"],
  increasing: ["up"],
  decreasing: ["down"],
  threshold: ["decide"],
  now: ["decisionTime"],
  int: ["number"],
  integer: ["number"],
  long: ["number"],
  float: ["number"],
  double: ["number"],
  numeric: ["number"],
  real: ["number"],
  string: ["category"],
  text: ["category"],
  str: ["category"],
  enum: ["category"],
  bool: ["boolean"],
  flag: ["boolean"],
  id: ["key"],
  identifier: ["key"],
  classification: ["binary"],
  logistic: ["binary"],
  linear: ["regression"],
  rmse: ["mse"],
  logloss: ["logLoss"],
  crossentropy: ["logLoss"],
  ln: ["log"],
  power: ["pow"],
  iif: ["if"],
  case: ["if"],
  when: ["if"],
  trunc: ["floor"],
  groupby: ["by"],
  group: ["by"],
  from: ["of"],
  event: ["of"],
  window: ["in"],
  within: ["in"],
  over: ["in"],
  lookback: ["in"],
  inputs: ["context"],
  target: ["label"],
  targets: ["labels"],
  trees: ["rounds"],
  maxdepth: ["depth"],
  eta: ["learningRate"],
  lambda: ["l2"],
  cron: ["schedule"],
  delay: ["wait"],
  filter: ["when"],
  sampleweight: ["weight"],
  importance: ["weight"],
  ipw: ["weight"],
};

/** The known name that was most probably meant by a mistyped or foreign one, or null. */
export function meant(name: string, known: Iterable<string>): string | null {
  const names = [...known];
  return nearest(name, names) ?? foreign(name, names) ?? names.find((each) => isOneOf(each, name)) ?? null;
}

/** By a word of another language, written as it is or nearly so. */
function foreign(name: string, names: readonly string[]): string | null {
  const word = name.toLowerCase().replaceAll(/[_-]/g, "");
  const written = Object.hasOwn(OTHER_WORDS, word) ? word : nearest(word, LONG_WORDS);
  const others = written === null ? [] : OTHER_WORDS[written]!;
  return others.find((other) => names.includes(other)) ?? null;
}

/** Of shorter ones a slip of the pen makes other words. */
const LONG_WORDS = Object.keys(OTHER_WORDS).filter((word) => word.length > 4);

/** Whether one is the plural of the other. */
const isOneOf = (name: string, other: string): boolean => name !== other && singular(name) === singular(other);

const singular = (name: string): string => name.toLowerCase().replace(/ies$/, "y").replace(/s$/, "");
