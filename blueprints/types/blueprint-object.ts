import type { EpisodeLearnerName, EpisodeLearnerParameters } from "../episodes/learners.ts";
import type {
  ContextType,
  EventFieldType,
  LabelAggregate,
  LearnerName,
  LearnerParameters,
  Metric,
  Objective,
  ObservationType,
  PolicyParam,
  PolicyRules,
  TableFieldType,
} from "../blueprint.ts";
import type { LearningMode } from "../config/learning-config.ts";

/** `30s`, `15m`, `6h`, `7d`. */
export type DurationText = `${number}${"ms" | "s" | "m" | "h" | "d"}`;
/** A formula in the blueprint's language; a constant may be a number or a boolean. */
export type FormulaText = string | number | boolean;

type Entries<T> = Readonly<Record<string, T>>;

/** A label beside its name, as docs/blueprint.md has it. */
export interface LabelObject {
  readonly when?: FormulaText | undefined;
  readonly value: FormulaText;
  readonly aggregate?: LabelAggregate | undefined;
  readonly wait?: DurationText | undefined;
  /** A class, where there are some. */
  readonly default?: number | string | undefined;
  readonly classes?: readonly string[] | undefined;
  readonly objective?: Objective | undefined;
}

interface EveryModelObject<L> {
  readonly objective?: Objective | undefined;
  readonly learner?: L | undefined;
  readonly seed?: number | undefined;
}

type ModelObject = {
  [L in LearnerName]: EveryModelObject<L> & { readonly [P in keyof LearnerParameters[L]]?: LearnerParameters[L][P] };
}[LearnerName];

type PolicyObject = {
  readonly params?: Entries<PolicyParam> | undefined;
  readonly formulas?: Entries<FormulaText> | undefined;
  readonly decide?: FormulaText;
  readonly choose?: FormulaText | { readonly score: FormulaText; readonly exclude?: FormulaText | undefined };
  readonly rank?:
    | FormulaText
    | {
        readonly score: FormulaText;
        readonly show?: number | undefined;
        readonly exclude?: FormulaText | undefined;
        readonly require?: FormulaText | undefined;
        readonly atMost?: Entries<number> | undefined;
        readonly log?: number | undefined;
      };
  readonly assign?: Entries<number>;
  readonly best?: { readonly share?: `${number}%` | undefined; readonly within?: `${number}%` | undefined };
} & { readonly [R in Exclude<keyof PolicyRules, "decide" | "choose" | "rank" | "assign" | "best">]?: unknown };

type EpisodeLearningObject = {
  [L in EpisodeLearnerName]: {
    readonly learner: L;
    readonly newest?: DurationText | "none" | undefined;
    readonly seed?: number | undefined;
  } & {
    readonly [P in keyof EpisodeLearnerParameters[L]]?: number | undefined;
  };
}[EpisodeLearnerName];

/** A number, or the name of a parameter of the policy. */
type SettingObject = number | string;

type ExplorationObject = {
  readonly epsilonGreedy?: SettingObject;
  readonly softmax?: SettingObject;
  readonly squareCb?: SettingObject;
  readonly thompson?:
    | { readonly beta: readonly [alpha: string, beta: string] }
    | { readonly normal: readonly [mean: string, deviation: string] };
  readonly bootstrap?: number;
  readonly uniform?: true;
  readonly plackettLuce?: SettingObject;
  readonly swap?: SettingObject | { readonly probability: SettingObject; readonly within?: number | undefined };
  readonly floor?: SettingObject | undefined;
  readonly share?: SettingObject | undefined;
};

/** A blueprint as an object of exactly the YAML's structure: every key of docs/blueprint.md. */
export interface BlueprintObject {
  readonly useCase: string;
  readonly description?: string | undefined;
  readonly decisionSpace:
    | "boolean"
    | "number"
    | { readonly actions: readonly string[] | Entries<Entries<boolean | number | string>> }
    | { readonly options: Entries<ContextType> };
  readonly context: Entries<ContextType>;
  readonly observations?: Entries<ObservationType> | undefined;
  readonly events?: Entries<{ readonly fields?: readonly string[] | Entries<EventFieldType> | undefined }> | undefined;
  readonly tables?:
    | Entries<{
        readonly key: string | readonly string[];
        readonly fields: Entries<TableFieldType>;
        readonly maxRows?: number | undefined;
      }>
    | undefined;
  /** A context entry's name, or one name with a section; products may register kinds of their own. */
  readonly features: readonly (string | Entries<object>)[];
  readonly label?: (LabelObject & { readonly name: string }) | undefined;
  readonly reward?:
    FormulaText | { readonly formula: FormulaText; readonly weights?: Entries<number> | undefined } | undefined;
  readonly labels?: Entries<LabelObject> | undefined;
  readonly model?: ModelObject | undefined;
  readonly posterior?:
    | {
        readonly of?: string | undefined;
        readonly features?: readonly string[] | undefined;
        readonly by?: "option" | "all" | undefined;
        readonly ridge?: number | undefined;
        readonly after?: DurationText | undefined;
      }
    | undefined;
  readonly policy: PolicyObject;
  readonly exploration?: ExplorationObject | undefined;
  readonly learning?:
    | {
        readonly mode?: LearningMode | undefined;
        readonly logging?: "baseline" | "uniform" | undefined;
        readonly baseline?: FormulaText | undefined;
        readonly holdout?: number | undefined;
        readonly promote?:
          | {
              readonly agreement: number;
              readonly decisions: number;
              readonly positions?: "all" | "first" | undefined;
            }
          | undefined;
      }
    | undefined;
  readonly episodes?:
    | {
        readonly by?: string | undefined;
        readonly gap?: DurationText | undefined;
        readonly length?: number | undefined;
        readonly end?: FormulaText | undefined;
        readonly discount?: number | undefined;
        readonly learn?: EpisodeLearningObject | undefined;
      }
    | undefined;
  readonly join?: { readonly ttl?: DurationText | undefined } | undefined;
  readonly training?:
    | {
        readonly schedule?: string | undefined;
        readonly freshRows?: `${number}%` | "none" | undefined;
        readonly minRows?: number | undefined;
        readonly maxRows?: number | undefined;
        readonly holdout?: `${number}%` | undefined;
        readonly metric?: Metric | undefined;
        readonly tolerance?: `${number}%` | undefined;
        readonly refreshAfter?: DurationText | "none" | undefined;
        readonly slices?: readonly string[] | undefined;
        readonly calibration?: `${number}%` | undefined;
        readonly evaluation?: number | undefined;
        readonly weight?: FormulaText | undefined;
      }
    | undefined;
  readonly ladder?:
    | {
        readonly shadow?: number | "none" | undefined;
        readonly canary?: readonly `${number}%`[] | "none" | undefined;
        readonly decisions?: number | undefined;
        readonly watch?: number | "none" | undefined;
        readonly giveUpAfter?: DurationText | undefined;
        readonly latency?: DurationText | undefined;
        readonly guardrails?:
          Entries<{ readonly rise?: `${number}%` | undefined; readonly fall?: `${number}%` | undefined }> | undefined;
      }
    | undefined;
  readonly retention?:
    | {
        readonly rows?: DurationText | undefined;
        readonly decisions?: DurationText | undefined;
        readonly answers?: DurationText | undefined;
        readonly repeats?: DurationText | undefined;
      }
    | undefined;
}

/** Of a shape that is a union, the keys and the shapes below them. Lists and texts have none of their own. */
type KeysOf<Shape> = Shape extends readonly unknown[] ? never : Shape extends object ? keyof Shape : never;
type Below<Shape, K> = Shape extends readonly unknown[] ? never : K extends keyof Shape ? NonNullable<Shape[K]> : never;

/** The same object, where a key that the shape does not have is `never`. What is in lists is left to the reader. */
export type OnlyKnown<B, Shape = BlueprintObject> = {
  readonly [K in keyof B]: K extends KeysOf<Shape> ? OnlyKnownBelow<B[K], Below<Shape, K>> : never;
};
type OnlyKnownBelow<V, Shape> = V extends readonly unknown[]
  ? V
  : V extends object
    ? unknown extends Shape
      ? V
      : OnlyKnown<V, Shape>
    : V;
