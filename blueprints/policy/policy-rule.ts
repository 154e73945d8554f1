import type { DecisionSpace, PolicyRule } from "../blueprint.ts";
import type { Formula, FormulaType, FormulaValue, TraceStep } from "../formula/index.ts";
import type { KeySaid, KeysSaid } from "../key-reference.ts";
import type { FormulaNames } from "../yaml/formula.ts";
import type { Place } from "../yaml/place.ts";

/** A formula with its place in the file. */
export interface PlacedFormula {
  readonly formula: Formula;
  readonly place: Place;
}

/** What a rule may refer to. */
export interface RuleKnown {
  /** Labels, features and the policy's formulas. */
  readonly names: FormulaNames;
  /** The policy's formulas. */
  readonly formulas: ReadonlyMap<string, PlacedFormula>;
  /** `undefined`: it could not be read. */
  readonly space: DecisionSpace | undefined;
}

export interface ReadRule<R extends PolicyRule> {
  readonly rule: R;
  /** Its formulas, for warnings: of comparisons that are always the same. */
  readonly formulas: readonly PlacedFormula[];
  /** The one of them that is the decision, for warnings: of a decision that is always the same. Absent: none is. */
  readonly decides?: PlacedFormula;
}

/** A rule of one blueprint, ready to decide. Pure, never throws, and gives the same bits in every process. */
export interface ComputedRule {
  /** The decision; null where what it needs is missing. @param get labels' predictions, features and formulas by name */
  decide(get: (name: string) => FormulaValue): FormulaValue;
  trace(get: (name: string) => FormulaValue): readonly TraceStep[];
}

/**
 * One way to come from predictions and features to a decision: everything that is known of it. Its name is its key in the policy's section, of which one
 * is there, and a product that registers one adds its type to `PolicyRules`.
 */
export interface PolicyRuleKind<R extends PolicyRule = PolicyRule> {
  readonly name: R["kind"];
  /** The decision spaces that it can decide in. */
  readonly spaces: readonly DecisionSpace["kind"][];
  /** What the reference says of its key. */
  readonly said: KeySaid;
  /** The keys below it. */
  keys(): KeysSaid;
  /** Reads and checks what stands under its key, absent keys filled in. `undefined`: it was complained about. */
  read(place: Place, known: RuleKnown): ReadRule<R> | undefined;
  /** Path below the policy's section → value, in the words of the YAML. */
  describe(rule: R): Iterable<readonly [path: string, value: unknown]>;
  /** What the version's hash is made of. A key that a rule gains later stays out of it (`undefined`) while it has its default. */
  canonical(rule: R): unknown;
  /** @param types of all that it may name */
  compute(rule: R, types: Readonly<Record<string, FormulaType>>): ComputedRule;
}
