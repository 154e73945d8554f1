import type { Exploration } from "../config/exploration-config.ts";
import type { KeySaid, KeysSaid } from "../key-reference.ts";
import type { Selection } from "../policy/policy-rule.ts";
import type { Place } from "../yaml/place.ts";

/** What is drawn: a value of the decision space, one option, or an order of options. */
export type Drawn = "value" | "choice" | "ranking";

/** The number of a setting: its own, or that of the parameter that it names. */
export type SettingValue = (setting: number | string) => number;

/** Draw number k of a decision, in [0, 1): the same for the same seed. */
export type Draw = (k: number) => number;

/** The actions of a choice that may be drawn. */
export interface Drawable {
  /** One each, in their own order. Without a model all are 0. */
  readonly scores: readonly number[];
  /** The place of the one that the policy alone would choose; -1: none, where a value is missing. */
  readonly greedy: number;
  /** What the kind reads of each, in the order of the actions. */
  readonly beliefs: readonly (readonly number[])[];
}

/** An order to be drawn. */
export interface OrderAsked {
  readonly selection: Selection;
  /** False: there is no model. */
  readonly isScored: boolean;
  readonly draw: Draw;
  readonly share: number;
  readonly floor: number;
}

export interface OrderDrawn {
  /** Indexes of options. */
  readonly shown: readonly number[];
  /** Of each of them the probability of standing there under those above it. */
  readonly propensities: readonly number[];
}

/** A way to explore, with everything about it. Its name is its key in the section `exploration`, which has exactly one such key. */
export interface ExplorationKind<E extends Exploration = Exploration> {
  readonly name: E["kind"];
  readonly draws: readonly Drawn[];
  /** Names of the policy's formulas whose numbers it needs of each action. Absent: none. */
  reads?(exploration: E): readonly string[];
  /** How many heads of the model it compares: it reads the score of each action by each of them. Absent: none. */
  heads?(exploration: E): number;
  /** Whether an action with these numbers may be drawn. */
  fits?(exploration: E, belief: readonly number[]): boolean;
  /** Draws a value even where the policy has none. */
  readonly needsNoValue?: true;
  /** False: it has no least probability. */
  readonly hasFloor?: false;
  readonly said: KeySaid;
  /** The keys below it. */
  keys(): KeysSaid;
  /** Reads and checks the value of its key. `undefined`: a problem was reported. */
  read(place: Place, settings: ReadSettings): E | undefined;
  /** Path below the section → value, in the words of the YAML. */
  describe(exploration: E): Iterable<readonly [path: string, value: unknown]>;
  /** Its part of the version's hash. */
  canonical(exploration: E): unknown;
  /** The probability of each action that may be drawn, in their order; they sum to 1. Absent: it draws orders only. */
  distribution?(exploration: E, valueOf: SettingValue, among: Drawable): readonly number[];
  /** Absent: it draws single actions only. */
  order?(exploration: E, valueOf: SettingValue, asked: OrderAsked): OrderDrawn;
}

export interface ReadSettings {
  /** The name of a formula of the policy that gives a number. */
  formula(place: Place): string | undefined;
  /** Whether the policy has a formula of this name. */
  isFormula(name: string): boolean;
  /** A number within bounds, or the name of a parameter whose bounds lie within them. */
  setting(place: Place, range: { readonly min: number; readonly max: number }): number | string | undefined;
}
