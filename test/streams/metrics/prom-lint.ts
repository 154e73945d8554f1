/**
 * The rules of `promtool check metrics`, after client_golang's promlint: help, base units, suffixes, names and labels, and
 * no line twice. The text is Prometheus' own format.
 */
export function promLint(text: string): readonly string[] {
  const problems: string[] = [];
  for (const family of familiesOf(text)) {
    for (const rule of rules) for (const problem of rule(family)) problems.push(`${family.name}: ${problem}`);
  }
  return problems;
}

export interface Family {
  readonly name: string;
  readonly help: string | undefined;
  readonly type: string;
  readonly labels: readonly string[];
  /** Its lines without their values. */
  readonly lines: readonly string[];
}

export function familiesOf(text: string): readonly Family[] {
  const families = new Map<string, { help?: string; type: string; labels: Set<string>; lines: string[] }>();
  const of = (name: string): { help?: string; type: string; labels: Set<string>; lines: string[] } => {
    let family = families.get(name);
    if (family === undefined) families.set(name, (family = { type: "untyped", labels: new Set(), lines: [] }));
    return family;
  };
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const [, kind, about, words] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (kind === "HELP" && words !== "") of(about!).help = words!;
    else if (kind === "TYPE") of(about!).type = words!;
    else if (!line.startsWith("#")) {
      const [, name, labels] = /^([^\s{]+)(?:\{(.*)\})? \S+$/.exec(line) ?? [];
      if (name === undefined) throw new Error(`not a line of Prometheus' format: ${line}`);
      const whole = name.replace(/_(bucket|sum|count)$/, "");
      const family = of(["histogram", "summary"].includes(families.get(whole)?.type ?? "") ? whole : name);
      family.lines.push(line.slice(0, line.lastIndexOf(" ")));
      for (const [, label] of (labels ?? "").matchAll(/(?:^|,)([^=,]+)="(?:[^"\\]|\\.)*"/g)) family.labels.add(label!);
    }
  }
  return [...families].map(([name, { help, type, labels, lines }]) => ({
    ...{ name, help, type, lines },
    labels: [...labels],
  }));
}

type Rule = (family: Family) => readonly string[];
const when = (wrong: boolean, problem: string): readonly string[] => (wrong ? [problem] : []);
const camelCase = /[a-z][A-Z]/;
const types = ["counter", "gauge", "summary", "histogram", "gauge_histogram"];
const base = ["amperes", "bytes", "celsius", "grams", "joules", "kelvin", "meters", "metres", "seconds", "volts"];
const otherUnits: Readonly<Record<string, string>> = {
  ...{ minutes: "seconds", hours: "seconds", days: "seconds", weeks: "seconds" },
  ...{ kelvins: "kelvin", fahrenheit: "celsius", rankine: "celsius" },
  ...{ inches: "meters", yards: "meters", miles: "meters", bits: "bytes", calories: "joules" },
  ...{ pounds: "grams", ounces: "grams" },
};
const prefixes = [
  ...["", "pico", "nano", "micro", "milli", "centi", "deci", "deca", "hecto", "kilo", "kibi", "mega"],
  ...["mibi", "giga", "gibi", "tera", "tebi", "peta", "pebi"],
];
const short = ["s", "ms", "us", "ns", "sec", "b", "kb", "mb", "gb", "tb", "pb", "m", "h", "d"];
const hasWord = (name: string, word: string): boolean => name.includes(`_${word}_`) || name.endsWith(`_${word}`);

function baseUnitOf(word: string): string | undefined {
  for (const prefix of prefixes) {
    if (!word.startsWith(prefix)) continue;
    const unit = word.slice(prefix.length);
    if (base.includes(unit)) return unit;
    if (Object.hasOwn(otherUnits, unit)) return otherUnits[unit];
  }
  return undefined;
}

const rules: readonly Rule[] = [
  ({ help }) => when(help === undefined, "no help text"),
  ({ name }) => {
    const word = name.split("_").find((part) => baseUnitOf(part) !== undefined);
    const unit = word === undefined ? undefined : baseUnitOf(word);
    return when(unit !== word, `use base unit ${unit} instead of ${word}`);
  },
  ({ name, type }) => when(type === "counter" && !name.endsWith("_total"), "a counter ends in _total"),
  ({ name, type }) => when(type !== "counter" && type !== "untyped" && name.endsWith("_total"), "_total, no counter"),
  ({ name, type }) =>
    when(type !== "gauge" && type !== "untyped" && name.endsWith("_timestamp_seconds"), "_timestamp_seconds, no gauge"),
  ({ name, type, labels }) =>
    type === "untyped"
      ? []
      : [
          ...when(type !== "histogram" && name.endsWith("_bucket"), "_bucket, no histogram"),
          ...when(!/histogram|summary/.test(type) && /_(count|sum)$/.test(name), "_count or _sum, no histogram"),
          ...when(type !== "histogram" && labels.includes("le"), "label le, no histogram"),
          ...when(type !== "summary" && labels.includes("quantile"), "label quantile, no summary"),
        ],
  ({ name }) =>
    types.filter((type) => hasWord(name.toLowerCase(), type)).map((type) => `the name has the type ${type}`),
  ({ name }) => when(name.includes(":"), "a colon in the name"),
  ({ name, labels }) =>
    when(
      [name, ...labels].some((word) => camelCase.test(word)),
      "camelCase",
    ),
  ({ name }) => short.filter((unit) => hasWord(name.toLowerCase(), unit)).map((unit) => `abbreviated unit ${unit}`),
  ({ lines }) => when(new Set(lines).size < lines.length, "a line twice"),
];
