import type { Blueprint } from "../blueprint.ts";
import { contextFeatures } from "../features/context-features.ts";
import { derivedFeatures, type DerivedFeatures } from "../features/derived-features.ts";
import type { FeatureVector } from "../features/layout.ts";
import type { FeatureValue } from "../features/feature-kind.ts";
import { kindOfRule } from "../policy/rules/index.ts";
import { OPTION, optionEntries } from "../values/option-entries.ts";
import type { ValueTypes } from "../values/value-types.ts";
import type { WindowGroup } from "../windows/window-groups.ts";
import { featuresOfOption } from "./of-option.ts";
import type { OptionGiven } from "./option-given.ts";
import { actionsAsOptions, keysByOption } from "./option-keys.ts";

type Context = Readonly<Record<string, null | boolean | number | string>>;

/** A feature that is known once an option was shown. */
export interface PositionSlot {
  /** In the layout. */
  readonly index: number;
  /** The entry of observations that tells the position; null: the position that was decided. */
  readonly observed: string | null;
}

/** The part of a version that is about options. */
export interface CompiledOptions {
  /** Each option that was shown makes a row; otherwise the chosen one does. */
  readonly isRanking: boolean;
  /** The actions of the blueprint; null: options come with each request. */
  readonly actions: readonly OptionGiven[] | null;
  /** From the candidates of a request to the keys of its options, by their ids. */
  readonly keysByOption: ReturnType<typeof keysByOption>;
  /** Types of the entries of an option, without its id. */
  readonly entries: ValueTypes;
  /** Indexes in the layout of the features of an option, ascending. The decision's vector is null there. */
  readonly slots: readonly number[];
  /** Index in the layout of the feature that is the option's id; null: there is none. */
  readonly idSlot: number | null;
  /** A vector of the whole layout with the features that are entries of an option. */
  readonly fromOption: (option: Context) => FeatureVector;
  /** Windows by entries of an option. */
  readonly groups: readonly WindowGroup[];
  /** Fills in the features of an option that are looked up or made of others; null if there are none. */
  readonly fromFeatures: DerivedFeatures | null;
  readonly positions: readonly PositionSlot[];
}

/** @param groups all windows of the version. Null: the policy decides over no options. */
export function compileOptions(blueprint: Blueprint, groups: readonly WindowGroup[]): CompiledOptions | null {
  const { decisionSpace: space, policy, features } = blueprint;
  const { over } = kindOfRule(policy.rule);
  if (over === undefined) return null;
  const slots = featuresOfOption(blueprint);
  const isMine = (index: number): boolean => slots.includes(index);
  const { option: _, ...entries } = optionEntries(space);
  return {
    isRanking: over === "ranking",
    actions: actionsAsOptions(space),
    keysByOption: keysByOption(blueprint),
    entries: new Map(Object.entries(entries)),
    slots,
    idSlot: slots.find((index) => features[index]!.name === OPTION) ?? null,
    fromOption: contextFeatures(blueprint, isMine),
    groups: groups.filter(({ windows }) => isMine(windows[0]!.featureIndex)),
    fromFeatures: derivedFeatures(blueprint, isMine),
    positions: features.flatMap((feature, index) =>
      feature.kind === "position" ? [{ index, observed: feature.observed }] : [],
    ),
  };
}

/**
 * The entries that an option's features are made from: those of the request, and its own. An entry of the option that the
 * blueprint does not declare stands for nothing.
 *
 * @param shared the context of the request
 */
export function optionContext(
  shared: Readonly<Record<string, unknown>>,
  { optionId, context }: OptionGiven,
  { entries }: Pick<CompiledOptions, "entries">,
): Readonly<Record<string, unknown>> {
  const all: Record<string, unknown> = { ...shared, [OPTION]: optionId };
  for (const name of entries.keys()) if (Object.hasOwn(context, name)) all[name] = context[name]!;
  return all;
}

/** The vector of an option, as models and the policy see it. */
export function optionVector(
  decision: readonly FeatureValue[],
  option: readonly FeatureValue[],
  { slots }: Pick<CompiledOptions, "slots">,
): FeatureVector {
  const vector = decision.slice();
  for (let at = 0; at < slots.length; at++) vector[slots[at]!] = option[at] ?? null;
  return vector;
}
