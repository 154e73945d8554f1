import type { DecisionSpace, PolicyRule } from "../blueprint.ts";
import type { Formula, FormulaType, FormulaValue, TraceStep, WhyName } from "../formula/index.ts";
import type { KeySaid, KeysSaid } from "../key-reference.ts";
import type { FormulaNames } from "../yaml/formula.ts";
import type { Place } from "../yaml/place.ts";

/** A formula with its place in the file. */
export interface PlacedFormula {
  readonly formula: Formula;
  readonly place: Place;
}

/** The names that a rule may refer to. */
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
  /** Its formulas, for warnings about comparisons that are always the same. */
  readonly formulas: readonly PlacedFormula[];
  /**
   * The formula that is the decision, for the warning about a decision that is always the same. Absent: there is none.
   */
  readonly decides?: PlacedFormula;
}

/** A rule of one blueprint, ready to decide. Pure, never throws, and gives the same bits in every process. */
export interface ComputedRule {
  /**
   * The decision; null if something it needs is missing.
   * @param get labels' predictions, features and formulas by name
   */
  decide(get: (name: string) => FormulaValue): FormulaValue;
  trace(get: (name: string) => FormulaValue): readonly TraceStep[];
  /**
   * The reason that the decision is null, in words; null: it is not. A rule without it leaves replies with a general
   * reason.
   * @param whyName the reason that one of the policy's formulas is missing
   */
  why?(get: (name: string) => FormulaValue, whyName: WhyName): string | null;
}

/**
 * A way from predictions and features to a decision, with everything about it. Its name is its key in the policy's
 * section, which has exactly one such key. A product that registers a rule adds its type to `PolicyRules`.
 */
export interface PolicyRuleKind<R extends PolicyRule = PolicyRule> {
  readonly name: R["kind"];
  /** The decision spaces that it can decide in. */
  readonly spaces: readonly DecisionSpace["kind"][];
  /** The reference of its key. */
  readonly said: KeySaid;
  /** The keys below it. */
  keys(): KeysSaid;
  /** Reads and checks the value of its key, and fills in absent keys. `undefined`: a problem was reported. */
  read(place: Place, known: RuleKnown): ReadRule<R> | undefined;
  /** Path below the policy's section → value, in the words of the YAML. */
  describe(rule: R): Iterable<readonly [path: string, value: unknown]>;
  /**
   * Its part of the version's hash. A key that a rule gains later stays out of it (`undefined`) while it has its
   * default.
   */
  canonical(rule: R): unknown;
  /** @param types of all names that it may use */
  compute(rule: R, types: Readonly<Record<string, FormulaType>>): ComputedRule;
}
