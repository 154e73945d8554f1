import type { Blueprint } from "../blueprint.ts";
import { contextFeatures, type ContextFit } from "../features/context-features.ts";
import {
  derivedFeatures,
  readsUnit,
  rowLookups,
  tableReads,
  type DerivedFeatures,
} from "../features/derived-features.ts";
import { featureLayout, type FeatureColumn, type FeatureVector } from "../features/layout.ts";
import type { TableRead } from "../features/feature-kind.ts";
import type { RowLookup } from "../tables/table-lookups.ts";
import { compileLabel, type Label } from "../labels/compile-label.ts";
import { compileEpisodes, type CompiledEpisodes } from "../episodes/compiled-episodes.ts";
import { compileReward, type Reward } from "../labels/reward.ts";
import { compileWeight, type RowWeight } from "../labels/row-weight.ts";
import { labelColumns, maturityColumns, rowWaits, type LabelColumns } from "../labels/label-columns.ts";
import { compileOptions, type CompiledOptions } from "../options/compiled-options.ts";
import { parseBlueprint } from "./parse-blueprint.ts";
import { compileExploration, uniformExplorer, type Explorer } from "../exploration/compile-exploration.ts";
import { compileBaseline, type Baseline } from "../policy/baseline.ts";
import { compilePolicy, type Policy } from "../policy/compile-policy.ts";
import { compilePosterior, type CompiledPosterior } from "../posterior/compiled-posterior.ts";
import { declaredNames, type DeclaredNames } from "../values/declared-names.ts";
import { groupableEntries } from "../windows/observed-event.ts";
import { windowGroups, type WindowGroup } from "../windows/window-groups.ts";

/** A blueprint version with everything that operators derive from it, made once. */
export interface CompiledBlueprint {
  readonly blueprint: Blueprint;
  readonly layout: readonly FeatureColumn[];
  /** In the layout's order. */
  readonly featureNames: readonly string[];
  /** A new feature vector with the features of the context filled in. */
  readonly fromContext: (context: Readonly<Record<string, unknown>>, fit?: ContextFit) => FeatureVector;
  /**
   * Fills in the features that are looked up in tables and those that are made of others and of the context, once the rest
   * is there; null if there are none.
   */
  readonly fromFeatures: DerivedFeatures | null;
  /** A row is found by the decision's unit: `contextOf` has it as an entry. */
  readonly readsUnit: boolean;
  /** The look-ups in tables among them. */
  readonly lookups: readonly RowLookup[];
  /** The fields of tables that they read, with the feature's index. */
  readonly reads: readonly { readonly index: number; readonly read: TableRead }[];
  /** The tables that features read. */
  readonly tables: readonly string[];
  readonly declared: DeclaredNames;
  readonly groups: readonly WindowGroup[];
  /** Those among them that are not by an entry of an option. */
  readonly groupsOfDecision: readonly WindowGroup[];
  /** Null: the policy decides over no options. */
  readonly options: CompiledOptions | null;
  /** Entries of the context that a window can be kept by. */
  readonly groupable: readonly string[];
  readonly policy: Policy;
  /** Null: nothing is learnt row by row. */
  readonly posterior: CompiledPosterior | null;
  /** Null: the policy decides alone. */
  readonly explorer: Explorer | null;
  /** Draws while a decision is only logged; null: the product's own choice acts then. */
  readonly logger: Explorer | null;
  readonly baseline: Baseline;
  /** In the blueprint's order, as their columns. */
  readonly labels: readonly Label[];
  readonly labelColumns: readonly LabelColumns[];
  /** The different waits of the labels, ms, from the shortest. */
  readonly waits: readonly number[];
  /** Of each label, the number of waits that must be over until it is mature. */
  readonly matureAfter: readonly number[];
  /** A column a label; none where all have the same wait. */
  readonly maturityColumns: readonly string[];
  /** `undefined`: there is none. */
  readonly reward: Reward | undefined;
  /** Null: decisions do not follow each other. */
  readonly episodes: CompiledEpisodes | null;
  /** `undefined`: all rows count the same. */
  readonly weight: RowWeight | undefined;
  /** Time from the decision to the row with all labels, ms. */
  readonly waitMs: number;
}

/** Throws `BlueprintError` for a text that is not a blueprint. */
export function compileBlueprint(text: string): CompiledBlueprint {
  const blueprint = parseBlueprint(text);
  const layout = featureLayout(blueprint);
  const groups = windowGroups(blueprint);
  const options = compileOptions(blueprint, groups);
  const ofDecision = (index: number): boolean => options?.slots.includes(index) !== true;
  const derived = derivedFeatures(blueprint, ofDecision);
  const reads = tableReads(blueprint);
  const waits = rowWaits(blueprint);
  return Object.freeze({
    blueprint,
    layout,
    featureNames: layout.map(({ name }) => name),
    fromContext: contextFeatures(blueprint, ofDecision),
    fromFeatures: derived,
    readsUnit: readsUnit(blueprint),
    lookups: rowLookups(blueprint),
    reads,
    tables: [...new Set(reads.map(({ read }) => read.table))],
    declared: declaredNames(blueprint, derived?.entries),
    groups,
    groupsOfDecision: groups.filter(({ windows }) => ofDecision(windows[0]!.featureIndex)),
    options,
    groupable: groupableEntries(blueprint),
    policy: compilePolicy(blueprint),
    posterior: compilePosterior(blueprint),
    explorer: compileExploration(blueprint),
    logger: blueprint.learning.logging === "uniform" ? uniformExplorer(blueprint) : null,
    baseline: compileBaseline(blueprint),
    labels: blueprint.labels.map((label) => compileLabel(blueprint, label)),
    labelColumns: labelColumns(blueprint.labels),
    waits,
    matureAfter: blueprint.labels.map(({ waitMs }) => waits.indexOf(waitMs) + 1),
    maturityColumns: maturityColumns(blueprint),
    reward: compileReward(blueprint),
    episodes: compileEpisodes(blueprint),
    weight: compileWeight(blueprint),
    waitMs: waits.at(-1)!,
  });
}
