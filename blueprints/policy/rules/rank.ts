import { BOUNDS } from "../../defaults.ts";
import { canonicalFormula, compileFormula } from "../../formula/index.ts";
import { mostText, rangeText } from "../../key-reference.ts";
import { complain, type Place } from "../../yaml/place.ts";
import { readNumber } from "../../yaml/scalars.ts";
import { readEntries } from "../../yaml/section.ts";
import type { PolicyRuleKind, RuleKnown } from "../policy-rule.ts";
import { OrderFill } from "./order-fill.ts";
import { byScore, numberOrNull, readCondition, readScored, type OptionNames } from "./over-options.ts";

/** Options in the order of their scores, within constraints. */
export interface RankRule {
  readonly kind: "rank";
  /** A number for each option. */
  readonly score: string;
  /** Most options that are shown; null: all. */
  readonly show: number | null;
  /** A boolean by option: it is never shown. Null: all may be. */
  readonly exclude: string | null;
  /** A boolean by option: it gets a place before others do, and stands there by its score. Null: none has to be. */
  readonly require: string | null;
  /** By a category among the features: most options with one value of it. */
  readonly atMost: Readonly<Record<string, number>>;
  /** How many of the options that were not shown are recorded. */
  readonly log: number;
}

declare module "../../blueprint.ts" {
  interface PolicyRules {
    rank: RankRule;
  }
}

/**
 * Options in the order of their scores, within constraints. Required ones are selected first and then the others by
 * their scores, as long as no category is full.
 */
export const rank: PolicyRuleKind<RankRule> = {
  name: "rank",
  spaces: ["actions", "options"],
  over: "ranking",
  said: ["formula: number, by option; or a section", "one rule is required"],
  keys: () => ({
    score: ["formula: number, by option", "required in a section"],
    show: ["number: most options that are shown", "all", rangeText("shown")],
    exclude: ["formula: boolean, by option", "none"],
    require: ["formula: boolean, by option", "none"],
    atMost: [
      "names of categories, each with a number",
      "no limit",
      `${mostText("limits", "names")}, ${rangeText("shown")}`,
    ],
    log: ["number: options that are recorded without being shown", "0", rangeText("logged")],
  }),
  read(place, known) {
    const read = readScored(place, known, ["score", "show", "exclude", "require", "atMost", "log"]);
    const show = read.part<number | null>("show", null, (at) => readNumber(at, BOUNDS.shown, "whole"));
    const log = read.part<number>("log", 0, (at) => readNumber(at, BOUNDS.logged, "whole"));
    const exclude = readCondition(read, "exclude", known);
    const require = readCondition(read, "require", known);
    const atMost = read.part<RankRule["atMost"]>("atMost", {}, (at) => readLimits(at, known));
    if (read.score === undefined || show === undefined || log === undefined) return undefined;
    if (exclude === undefined || require === undefined || atMost === undefined) return undefined;
    return {
      rule: {
        ...({ kind: "rank", score: read.score.text, show, log, atMost } as const),
        exclude: exclude?.text ?? null,
        require: require?.text ?? null,
      },
      formulas: read.formulas,
    };
  },
  *describe({ score, show, exclude, require, atMost, log }) {
    yield ["rank", score];
    if (show !== null) yield ["rank.show", show];
    if (exclude !== null) yield ["rank.exclude", exclude];
    if (require !== null) yield ["rank.require", require];
    for (const [name, most] of Object.entries(atMost)) yield [`rank.atMost.${name}`, most];
    if (log > 0) yield ["rank.log", log];
  },
  canonical: ({ score, show, exclude, require, atMost, log }) => ({
    score: canonicalFormula(score),
    show: show ?? undefined,
    exclude: exclude === null ? undefined : canonicalFormula(exclude),
    require: require === null ? undefined : canonicalFormula(require),
    atMost: Object.keys(atMost).length === 0 ? undefined : atMost,
    log: log === 0 ? undefined : log,
  }),
  compute({ score, show, exclude, require, atMost, log }, types) {
    const scoring = compileFormula(score, types);
    const conditionOf = (text: string | null): ((get: OptionNames) => boolean) => {
      if (text === null) return () => false;
      const { evaluate } = compileFormula(text, types);
      return (get) => evaluate(get) === true;
    };
    const [isExcluded, isRequired] = [conditionOf(exclude), conditionOf(require)];
    const limits = Object.entries(atMost);
    return {
      log,
      trace: scoring.trace,
      why: scoring.why,
      select(options, isScored) {
        const scores = options.map((get) => (isScored ? numberOrNull(scoring.evaluate(get)) : null));
        const allowed = byScore(scores).filter((index) => !isExcluded(options[index]!));
        const most = Math.min(show ?? allowed.length, allowed.length);
        if (limits.length === 0 && require === null) {
          return { scores, shown: allowed.slice(0, most), steps: () => new OrderFill(allowed, most, [], []) };
        }
        const categories = limits.map(([name, limit]) => ({ limit, of: (index: number) => options[index]!(name) }));
        const required = allowed.filter((index) => isRequired(options[index]!)).slice(0, most);
        const steps = (): OrderFill => new OrderFill(allowed, most, categories, required);
        const fill = steps();
        for (const index of allowed) if (fill.mayStand(index)) fill.take(index);
        return { scores, shown: fill.taken(), steps };
      },
    };
  },
};

function readLimits(place: Place, { names }: RuleKnown): RankRule["atMost"] | undefined {
  const hint = "write { genre: 2 }: at most two options of each genre";
  const entries = readEntries(place, "a section of categories and numbers", hint);
  if (entries === undefined) return undefined;
  if (entries.length > BOUNDS.limits) return complain(place, `at most ${BOUNDS.limits} names, found ${entries.length}`);
  const limits: Record<string, number> = {};
  let complete = true;
  for (const { name, key, value, again } of entries) {
    const most = readNumber(value, BOUNDS.shown, "whole");
    const type = Object.hasOwn(names.known, name) ? names.known[name] : undefined;
    if (again || most === undefined || place.source.broken.has(name)) complete = false;
    else if (type === "string" || type === "any") limits[name] = most;
    else if (type !== undefined) complete = complain(key, `"${name}" is a ${type}, and no category`, hint) ?? false;
    else if (names.complete) {
      const guess = place.source.guess(name, Object.keys(names.known));
      const mend = guess === null ? "name a category among the features, or a formula" : `did you mean "${guess}"?`;
      complete = complain(key, `there is no "${name}"`, mend) ?? false;
    } else complete = false;
  }
  return complete ? limits : undefined;
}
