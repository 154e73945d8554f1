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
  /** The probability of each action, in the decision space's order, where the rule draws by itself; null: something is missing. */
  distribution?(get: (name: string) => FormulaValue): readonly number[] | null;
  trace(get: (name: string) => FormulaValue): readonly TraceStep[];
  /**
   * The reason that the decision is null, in words; null: it is not. A rule without it leaves replies with a general
   * reason.
   * @param whyName the reason that one of the policy's formulas is missing
   */
  why?(get: (name: string) => FormulaValue, whyName: WhyName): string | null;
}

/** What a rule makes of options, by their indexes. */
export interface Selection {
  /** The score of each option; null: it is missing, or nothing was scored. */
  readonly scores: readonly (number | null)[];
  /** Those that are chosen or shown, in order. */
  readonly shown: readonly number[];
  /** A formula, a feature or a prediction of an option. */
  read?(index: number, name: string): FormulaValue;
  /** The score of each option by a head of the model, from 1; null: it is missing. */
  scoresBy?(head: number): readonly (number | null)[];
  /** Of a choice those that may be chosen, ascending. */
  eligible?(): readonly number[];
  /** Of a ranking: its positions filled one by one, from the first. */
  steps?(): OrderSteps;
}

/** A ranking as it is filled. If the first of those that may stand next is taken each time, it is the rule's own. */
export interface OrderSteps {
  /** The options that may stand next, in the order of their scores; none: the ranking is full. */
  next(): readonly number[];
  take(index: number): void;
}

/** A rule over options. Pure, never throws, and gives the same bits in every process. */
export interface OptionsRule {
  /**
   * @param options of each the labels' predictions, features and formulas by name
   * @param isScored false: there is no model, and the order of the options acts, within the rule's constraints
   */
  select(options: readonly ((name: string) => FormulaValue)[], isScored: boolean): Selection;
  /** How many of the options that were not shown are recorded. Absent: none. */
  readonly log?: number;
  /** The score of one option, step by step. */
  trace(get: (name: string) => FormulaValue): readonly TraceStep[];
  /** The reason that an option has no score, in words; null: it has one. */
  why(get: (name: string) => FormulaValue, whyName: WhyName): string | null;
}

/** A rule that divides units into groups, whatever is predicted. */
export interface AssignmentRule {
  /** By action; they sum to 1. */
  readonly shares: Readonly<Record<string, number>>;
  trace(get: (name: string) => FormulaValue): readonly TraceStep[];
}

/**
 * A way from predictions and features to a decision, with everything about it. Its name is its key in the policy's
 * section, which has exactly one such key. A product that registers a rule adds its type to `PolicyRules`.
 */
export interface PolicyRuleKind<R extends PolicyRule = PolicyRule> {
  readonly name: R["kind"];
  /** The decision spaces that it can decide in. */
  readonly spaces: readonly DecisionSpace["kind"][];
  /** One of the options is the decision, or an order of them. Absent: the decision is one value. */
  readonly over?: "choice" | "ranking";
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
  compute(rule: R, types: Readonly<Record<string, FormulaType>>): ComputedRule | OptionsRule | AssignmentRule;
}
