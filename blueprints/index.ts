export type {
  Blueprint,
  BlueprintContent,
  ContextFeature,
  ContextType,
  DecideRule,
  DecisionSpace,
  Payload,
  EventKind,
  Feature,
  ClassOfLabel,
  LabelAggregate,
  LabelConfig,
  LearnerName,
  LearnerParameters,
  Metric,
  ModelConfig,
  Objective,
  ObjectiveKind,
  ObservationType,
  PolicyConfig,
  PolicyParam,
  PolicyRule,
  ReferenceTable,
  RewardConfig,
  Slot,
  TableFeature,
  TableFieldType,
  TrainingConfig,
  VectorType,
  WindowAggregate,
  WindowFeature,
} from "./blueprint.ts";
export type { RetentionConfig } from "./config/retention-config.ts";
export type { Guardrail, LadderConfig } from "./config/ladder-config.ts";
export type { LearningMode, PromotionRule } from "./config/learning-config.ts";
export { LEARNING_MODES } from "./defaults.ts";
export { meant } from "./meant.ts";
export { learntObjective, objectiveKind, quantileOf } from "./objective.ts";
export type { OptionsPolicy } from "./policy/compile-policy.ts";
export { lostNumber } from "./lost-number.ts";
export { optionsOf, type UnfitCandidate } from "./options/option-given.ts";
export { keysByOption, keysWithOption } from "./options/option-keys.ts";
export { isOverOptions } from "./policy/rules/index.ts";
export { optionContext, optionVector, type CompiledOptions } from "./options/compiled-options.ts";
export { BlueprintError, withCarets, type Problem } from "./blueprint-error.ts";
export { canonicalJson } from "./canonical-json.ts";
export { canTrainOn, type Incompatibility, type TrainingMatch } from "./compare/can-train-on.ts";
export { compareBlueprints, type Change } from "./compare/compare-blueprints.ts";
export { ChangedTypes, typeChanges, type TypeChange } from "./compare/type-changes.ts";
export { placeInText } from "./yaml/line-of.ts";
export { nextDue } from "./cron.ts";
export { durationMeant, formatDuration, parseDuration } from "./duration.ts";
export { nearest } from "./nearest.ts";
export { contextFeatures, type ContextFit } from "./features/context-features.ts";
export { derivedValue, type DerivedFeatures, type DerivedStep } from "./features/derived-features.ts";
export type {
  Computation,
  EventWindow,
  FeatureKind,
  FeaturesKnown,
  FeatureType,
  FeatureValue,
  InputValue,
  ReadFeature,
  TableLookup,
  TableRead,
} from "./features/feature-kind.ts";
export { isWord } from "./features/words.ts";
export { computationOf, featureType, kindOfFeature, registerFeatureKind } from "./features/kinds/index.ts";
export { featureLayout, type FeatureColumn, type FeatureVector } from "./features/layout.ts";
export {
  compileFormula,
  FormulaError,
  type Formula,
  type FormulaType,
  type FormulaValue,
  type Lookup,
  type TraceStep,
} from "./formula/index.ts";
export { compileLabel, type Label, type LabelValue, type Observation } from "./labels/compile-label.ts";
export { rewardText } from "./labels/reward.ts";
export type { LabelNow } from "./labels/reward.ts";
export type { RowWeight } from "./labels/row-weight.ts";
export {
  labelColumns,
  maturityColumn,
  maturityColumns,
  rowWaitMs,
  rowWaits,
  type LabelColumns,
} from "./labels/label-columns.ts";
export { RunningLabel } from "./labels/running-label.ts";
export { registerLabelAggregate } from "./labels/aggregates/index.ts";
export { stateless, type LabelAggregateKind, type RunningAggregate } from "./labels/label-aggregate.ts";
export {
  checkModel,
  learnerKinds,
  learnerWith,
  parametersOf,
  registerLearnerKind,
  type AutoParameters,
  type ConstantParameters,
  type Direction,
  type Directions,
  type LinearParameters,
  type MlpParameters,
  type XgboostParameters,
} from "./learners/index.ts";
export type { LearnerKind } from "./learners/learner-kind.ts";
export { numberParameter, type Parameter } from "./learners/parameter.ts";
export { compileBlueprint, type CompiledBlueprint } from "./read/compiled-blueprint.ts";
export { checkBlueprint, parseBlueprint, type CheckedBlueprint } from "./read/parse-blueprint.ts";
export { compilePolicy, type Policy, type PolicyTrace, type Predictions } from "./policy/compile-policy.ts";
export { valueRefusal, valuesWith, type ParamValues } from "./policy/params.ts";
export type { ComputedRule, PlacedFormula, PolicyRuleKind, ReadRule, RuleKnown } from "./policy/policy-rule.ts";
export { kindOfRule, registerPolicyRule } from "./policy/rules/index.ts";
export type { Selection } from "./policy/policy-rule.ts";
export {
  episodeLearnerKinds,
  episodeParameters,
  type EpisodeLearnerKind,
  type EpisodeLearnerName,
  type EpisodeLearnerParameters,
} from "./episodes/learners.ts";
export { learnsEpisodes, loggedName, predictionNames, valueName } from "./labels/prediction-names.ts";
export { EPISODE_KEY, type CompiledEpisodes } from "./episodes/compiled-episodes.ts";
export type { EpisodeLearning, EpisodesConfig } from "./config/episodes-config.ts";
export type { CompiledPosterior } from "./posterior/compiled-posterior.ts";
export type { PosteriorConfig } from "./config/posterior-config.ts";
export type { PosteriorName } from "./posterior/names.ts";
export { hasBeliefs, headsOf } from "./exploration/heads.ts";
export { assignSalt, canarySalt, evaluationSalt, holdoutSalt, sampleSalt, unitPlace } from "./assignment.ts";
export { shareOf } from "./share-of.ts";
export { headName } from "./labels/head-name.ts";
export type { Explorer } from "./exploration/compile-exploration.ts";
export { placeAt } from "./exploration/probabilities.ts";
export { Registry } from "./registry.ts";
export { isReservedColumn } from "./reserved-columns.ts";
export { MOST_KEYS, partsOfKey, partsOfVersionKey, rowKey, versionKey } from "./tables/row-key.ts";
export type { Sample } from "./suggest/profile/sample.ts";
export { TableProfile } from "./suggest/profile/table-profile.ts";
export { suggestBlueprint, type SuggestedBlueprint } from "./suggest/suggest-blueprint.ts";
export type { Suggestion } from "./suggest/suggestion.ts";
export { packedLength, type RowValue, type RowValues } from "./tables/row-values.ts";
export {
  hasVersion,
  OLDER,
  versionAsOf,
  versionsOf,
  withVersion,
  type RowsOf,
  type RowVersion,
  type RowVersions,
} from "./tables/row-versions.ts";
export type { RowLookup } from "./tables/table-lookups.ts";
export type { BlueprintObject } from "./types/blueprint-object.ts";
export { defineUseCase, type DefinedUseCase, type UseCasesOf } from "./types/define-use-case.ts";
export type { UseCaseOf } from "./types/use-case-of.ts";
export { useCaseDeclarations } from "./types/declarations.ts";
export { booleanOf } from "./values/boolean-value.ts";
export { categoryOf } from "./values/category-value.ts";
export {
  declaredValue,
  misfitText,
  recordedReaderOf,
  recordedValue,
  shown,
  vectorLength,
  type DeclaredType,
  type DeclaredValue,
  type PlainType,
} from "./values/declared-value.ts";
export { readIso, type WallTime } from "./values/iso-time.ts";
export { fieldOf } from "./values/field-value.ts";
export { declaredNames, type DeclaredNames } from "./values/declared-names.ts";
export { misfits, type Misfit } from "./values/misfits.ts";
export { numberOf, shortNumber } from "./values/number-value.ts";
export { zoneOffsets } from "./values/zone-offsets.ts";
export { contextTypes, eventFieldTypes, observationTypes, type ValueTypes } from "./values/value-types.ts";
export { aggregate, aggregateTrees, type TimeRange } from "./windows/aggregate.ts";
export { registerWindowAggregate } from "./windows/aggregates/index.ts";
export type { PlacedTile } from "./windows/tree-visit.ts";
export type { TimeSpan, WindowAggregateKind } from "./windows/window-aggregate.ts";
export { fillFromTrees, fillWindows, tileExpiry, tilesFor, type KeptTiles } from "./windows/fill-windows.ts";
export { contextOf, groupKey, requestKey } from "./windows/group-key.ts";
export { insertEvent, tileNumbers, tileOf, type Tile } from "./windows/tile.ts";
export {
  decisionKeys,
  groupableEntries,
  keysWithUnit,
  kindOf,
  observedEvent,
  type DecisionKeys,
} from "./windows/observed-event.ts";
export { stateCosts, type GroupCosts, type StateCosts, type TableCosts } from "./windows/state-costs.ts";
export { isNode } from "./windows/tile-node.ts";
export { wordName, wordNumber, type WordOf } from "./windows/word.ts";
export { tilePlace } from "./windows/tile-place.ts";
export { addToTile, LEAF_EVENTS, staysPlain, type TileParts } from "./windows/tile-tree.ts";
export { windowGroups, type GroupWindow, type WindowGroup } from "./windows/window-groups.ts";
/** The readers for a part's own `read`. */
export * as yaml from "./yaml/index.ts";
