export { openLoopstream, type Loopstream, type LoopstreamOptions } from "./embed/index.ts";
export { openTools, startLoop, type Loop, type Tools } from "./loop.ts";
export { WINDOW_BYTES, type StateEngineName } from "./state-engine.ts";
export { codeVersion } from "./code-version.ts";
export { connect, type Connection, type ConnectOptions } from "./connect.ts";
export {
  forHistory,
  importMemory,
  loopOptions,
  readingMemory,
  stateMemoryOf,
  type LoopMode,
  type LoopOptions,
} from "./loop-options.ts";
export { runLoop, type RunOptions } from "./run-loop.ts";
export { start, startAlone, type Place, type StartOptions } from "./start.ts";
export { parsePort, shownText } from "./settings/addresses.ts";
export { SettingsError } from "./settings/settings-error.ts";
export { readSettingsFile } from "./settings/settings-file.ts";
export { mergeSecurity, type SecurityPlace } from "./settings/security/merge-security.ts";
export {
  flagOfSecurity,
  securityNames,
  type SecurityOptions,
  type SecuritySetting,
} from "./settings/security/security-names.ts";
export { settingsOf, type SettingNames, type Settings, type SettingsOptions } from "./settings/settings.ts";
export { startRetention, startSchedules, startTicker, trainingsWith, type ScheduleOptions } from "./schedules.ts";
export type { Running } from "./running.ts";
export {
  BESIDE_LIVE,
  besideLive,
  courtesy,
  removeReplay,
  replay,
  ReplayError,
  replayPlace,
  type ReplayCounts,
  type ReplayOptions,
  type ReplayRequest,
  type ReplayResult,
  type ReplayStep,
} from "./replay/index.ts";
export { LadderWatch, listLadder, startLadder, type ListedOnLadder, type Stepped } from "./ladder/index.ts";
export {
  estimateBlueprint,
  type BlueprintEstimate,
  type EstimateReplays,
  type EstimateRequest,
} from "./estimate/index.ts";
export { agreementNow, type AgreementNow } from "./promotion/index.ts";
export { setLearningMode, type ModeSet } from "./publish/set-learning-mode.ts";
export { setParameters, type ParametersSet } from "./publish/set-parameters.ts";
export {
  runShadows,
  shadowBlueprint,
  shadowPrefix,
  shadowRowsTopic,
  shadowView,
  startShadow,
  unshadowBlueprint,
  type RunShadowsOptions,
  type ShadowedVersion,
  type ShadowOptions,
  type VersionName,
} from "./shadow/index.ts";
export {
  columnDefaults,
  Feed,
  HistoryError,
  importHistory,
  readHistory,
  readTimeCell,
  recordsOf,
  REPLY_PARTITION_OF_FEED,
  timeUnits,
  timeZone,
  type ChangedPolicy,
  type ColumnNames,
  type HistoryColumns,
  type HistoryFiles,
  type HistoryHead,
  type HistoryCell,
  type HistoryRow,
  type ReadRow,
  type HistoryStep,
  type HistoryTable,
  type HistoryTables,
  type ImportOptions,
  type ImportResult,
  type LineCounts,
  type ReadOptions,
  type Survey,
  type TimeReading,
} from "./history/index.ts";
export { backtest, type Backtest, type BacktestMonth, type BacktestOptions } from "./backtest/index.ts";
export {
  getRow,
  importRows,
  listTables,
  putRow,
  type FoundRow,
  type ImportedRows,
  type ListedTable,
  type PutRow,
  type RowImport,
  type RowToPut,
} from "./tables/index.ts";
export { applyRetention, askedRetention, type AppliedRetention } from "./apply-retention.ts";
export { listTopics, type ListedTopic } from "./list-topics.ts";
export { repartitionLoop, type RepartitionLoopOptions } from "./repartition-loop.ts";
export { moveByHand, type MovedByHand } from "./instances/move-by-hand.ts";
export { startReports } from "./instances/reports.ts";
export { runningInstances, type RunningInstances } from "./instances/running-instances.ts";
export { eventsRetainedFrom, type PartialWindow } from "./instances/partial-windows.ts";
export type { Warming } from "./instances/when-full.ts";
export { applyBlueprints, type AppliedVersion } from "./publish/apply-blueprints.ts";
export { checkFiles, type BlueprintFile, type CheckedFile } from "./publish/check-files.ts";
export { planBlueprints, type PlannedVersion } from "./publish/plan-blueprints.ts";
export { lackingEventsText, type LackingEvents } from "./publish/lacking-events.ts";
export { lackingText, type Lacking, type LackingRows } from "./publish/lacking-rows.ts";
export { listVersions, type ListedVersion } from "./publish/list-versions.ts";
export {
  publishBlueprint,
  storeBlueprint,
  withdrawBlueprint,
  type PublishOptions,
  type PublishedVersion,
} from "./publish/publish-blueprint.ts";
export {
  SAMPLED_DECISIONS,
  suggestFromTables,
  suggestFromTopics,
  type ReadOfTopic,
  type SuggestFromTopics,
  type SuggestOptions,
} from "./suggest/index.ts";
