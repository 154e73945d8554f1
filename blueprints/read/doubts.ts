import type { DecisionSpace, Feature, LabelConfig, ObservationType, PolicyRule } from "../blueprint.ts";
import { featureType, kindOfFeature } from "../features/kinds/index.ts";
import { partsOf, type Formula, type FormulaNode } from "../formula/index.ts";
import {
  hasNumbers,
  isNothing,
  onlyValue,
  someNumber,
  someText,
  someTruth,
  type Possible,
  type Ranges,
} from "../formula/possible.ts";
import { possibleValues } from "../formula/possible-values.ts";
import { meant } from "../meant.ts";
import type { PolicyParams } from "../policy/params.ts";
import type { PlacedFormula, ReadRule } from "../policy/policy-rule.ts";
import { placeInFormula } from "../yaml/formula.ts";
import type { Partly } from "../yaml/partly.ts";
import type { Place } from "../yaml/place.ts";
import type { DeclaredFeatures } from "../features/declared-features.ts";
import type { Section } from "../yaml/section.ts";
import type { Source } from "../yaml/source.ts";

type WarnAt = Source["reportAt"];

export interface LabelFormulas {
  readonly when: Formula | null | undefined;
  readonly value: Formula | undefined;
  readonly aggregate: string | undefined;
  readonly observations: Readonly<Record<string, ObservationType>>;
  readonly kinds: readonly string[] | undefined;
}

/**
 * Warns of comparisons that are always the same, of kinds that no event has, and of a label that an observation of
 * another kind takes back.
 */
export function doubtLabel({ place, fields }: Section, label: LabelFormulas): void {
  const { when, value, aggregate, observations, kinds } = label;
  place.source.doubt((warnAt) => {
    const ranges = Object.fromEntries(Object.entries(observations).map(([name, type]) => [name, rangeOf(type)]));
    for (const [name, formula] of [["when", when] as const, ["value", value] as const]) {
      const at = fields.get(name);
      if (formula === null || formula === undefined || at === undefined) continue;
      const possible = doubtComparisons(at, formula, ranges, warnAt);
      if (name === "when" && !possible.true && formula.root.kind === "literal") {
        warnAt(placeInFormula(at, formula, formula.root), at.path, "no observation ever counts");
      }
      doubtKinds(at, formula, kinds ?? [], warnAt);
    }
    const at = fields.get("value");
    const isOfKind = value?.names.includes("kind") === true && kinds?.length !== 1;
    if (at === undefined || when !== null || aggregate !== "latest" || !isOfKind) return;
    const elsewhere = possibleValues(value.root, {
      ...ranges,
      kind: someText(new Set([otherKind(value, kinds)]), false),
    });
    if (onlyMissing(elsewhere)) return;
    const isFalse = onlyValue({ ...elsewhere, missing: false }) === false;
    warnAt(
      placeInFormula(at, value, value.root),
      at.path,
      `${value.text} is ${isFalse ? "false" : "a value"}, and not missing, for observations of other kinds: with aggregate latest a later one of them is the label`,
      `say which observations count: when: kind == …${isFalse ? "; or take aggregate: any" : ""}`,
    );
  });
}

const onlyMissing = (one: Possible): boolean => one.missing && isNothing({ ...one, missing: false });

/** A kind that the formula does not name. */
function otherKind({ text }: Formula, kinds: readonly string[] = []): string {
  const isNamed = (kind: string): boolean => text.includes(JSON.stringify(kind)) || text.includes(`'${kind}'`);
  return kinds.find((kind) => !isNamed(kind)) ?? "another kind";
}

/** The parts that a policy is checked against; `undefined` for a part that could not be read. */
export interface PolicyKnown {
  readonly labels: {
    readonly labels: readonly Pick<Partly<LabelConfig>, "name" | "objective" | "oneOf">[];
    /** False: some name is not known. */
    readonly complete: boolean;
  };
  readonly features: DeclaredFeatures;
  readonly space: DecisionSpace | undefined;
  readonly params: PolicyParams;
}

/** Warns of comparisons that are always the same, and of a decision that is always the same. */
export function doubtPolicy(
  { place }: Section,
  named: ReadonlyMap<string, PlacedFormula>,
  rule: ReadRule<PolicyRule> | undefined,
  known: PolicyKnown,
): void {
  place.source.doubt((warnAt) => {
    const { labels, features, space, params } = known;
    const ranges: Record<string, Possible> = Object.fromEntries([
      ...features.features.map((feature) => [feature.name, rangeOfFeature(feature)] as const),
      ...Object.entries(params).map(([name, { min, max }]) => [name, someNumber(min, max, false)] as const),
    ]);
    const probabilities = new Set<string>();
    for (const { name, objective } of labels.labels) {
      if (name === undefined) continue;
      ranges[name] = objective === "binary" ? someNumber(0, 1) : someNumber();
      if (objective === "binary") probabilities.add(name);
    }
    const about = (name: string): string | undefined =>
      probabilities.has(name) ? `${name} is a probability, from 0 to 1` : undefined;
    for (const [name, { formula, place }] of named) {
      ranges[name] = doubtComparisons(place, formula, ranges, warnAt, about);
    }
    for (const placed of rule?.formulas ?? []) {
      const { formula, place } = placed;
      const decides = placed === rule?.decides;
      const told: FormulaNode[] = [];
      const possible = doubtComparisons(place, formula, ranges, warnAt, about, { told, decides });
      if (decides && !told.includes(formula.root)) doubtDecision(place, formula, possible, space, warnAt);
    }
  });
}

function doubtDecision(
  at: Place,
  decide: Formula,
  possible: Possible,
  space: DecisionSpace | undefined,
  warnAt: WarnAt,
): void {
  const value = onlyValue(possible);
  const isNever = value === undefined && !possible.true && !possible.false && !hasNumbers(possible);
  const isText = typeof possible.texts === "string" || possible.texts.size > 0;
  if (value === undefined && !(isNever && !isText)) return;
  const shown = value === undefined ? "null" : JSON.stringify(value);
  const others = space?.kind === "boolean" ? "true and false" : "different values";
  warnAt(
    placeInFormula(at, decide, decide.root),
    at.path,
    `the decision is always ${shown}${value !== undefined && possible.missing ? " or null" : ""}`,
    `a policy that can decide ${others} compares a prediction or a feature with a bound within its range`,
  );
}

const COMPARISONS: ReadonlySet<string> = new Set(["==", "!=", "<", "<=", ">", ">="]);

/** @returns the possible values of the formula. */
function doubtComparisons(
  at: Place,
  formula: Formula,
  ranges: Ranges,
  warnAt: WarnAt,
  about: (name: string) => string | undefined = () => undefined,
  { told = [], decides = false }: { readonly told?: FormulaNode[]; readonly decides?: boolean } = {},
): Possible {
  // Narrowing copies the ranges: keep only the names in use.
  const used = Object.fromEntries(
    formula.names.flatMap((name) => (Object.hasOwn(ranges, name) ? [[name, ranges[name]!]] : [])),
  );
  return possibleValues(formula.root, used, (node, possible) => {
    if (node.kind !== "binary" || !COMPARISONS.has(node.operator)) return;
    const { missing } = possible;
    if (possible.true && possible.false) return;
    const never = possible.true
      ? "never false"
      : possible.false
        ? "never true"
        : missing
          ? "always missing"
          : undefined;
    if (never === undefined) return;
    told.push(node);
    const text = formula.text.slice(node.start, node.end);
    const decision = node === formula.root && decides ? decisionOf(possible) : "";
    const hint = boundHint(node, about);
    warnAt(placeInFormula(at, formula, node), at.path, `${text} is ${never}${decision}`, hint);
  });
}

const decisionOf = (possible: Possible): string =>
  `: the decision is always ${possible.true ? "true" : possible.false ? "false" : "null"}`;

function boundHint(
  { left, right }: FormulaNode & { kind: "binary" },
  about: (name: string) => string | undefined,
): string | null {
  for (const [name, bound] of [
    [left, right],
    [right, left],
  ] as const) {
    const what = name.kind === "name" ? about(name.name) : undefined;
    if (what === undefined) continue;
    const value = bound.kind === "literal" && typeof bound.value === "number" ? bound.value : 0;
    return value > 1 && value <= 100 ? `${what}: did you mean ${Number((value / 100).toPrecision(12))}?` : what;
  }
  return null;
}

/** Kinds are free if no event is declared. */
function doubtKinds(at: Place, formula: Formula, kinds: readonly string[], warnAt: WarnAt): void {
  if (kinds.length === 0) return;
  const visit = (node: FormulaNode): void => {
    for (const part of partsOf(node)) visit(part);
    if (node.kind !== "binary") return;
    const sides = [node.left, node.right];
    if (!sides.some((side) => side.kind === "name" && side.name === "kind")) return;
    for (const side of sides) {
      if (side.kind !== "literal" || typeof side.value !== "string" || kinds.includes(side.value)) continue;
      const guess = meant(side.value, kinds);
      const hint = guess === null ? `declare it: events: { ${side.value}: {} }` : `did you mean "${guess}"?`;
      warnAt(placeInFormula(at, formula, side), at.path, `no event of kind "${side.value}" is declared`, hint);
    }
  };
  visit(formula.root);
}

function rangeOf(type: ObservationType): Possible {
  if (type === "number") return someNumber();
  return type === "boolean" ? someTruth() : someText();
}

const rangeOfFeature = (feature: Feature): Possible =>
  kindOfFeature(feature).possible?.(feature) ?? rangeOf(featureType(feature));
