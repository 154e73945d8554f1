export { openLoopstream } from "./open-loopstream.ts";
export type { Loopstream, LoopstreamOptions, PublishRequest, RowsOptions, TrainOptions } from "./loopstream.ts";
export { SettingsError } from "../settings/settings-error.ts";
export type { HttpSettings } from "../../http/index.ts";
export type { Settings, SettingsOptions } from "../settings/settings.ts";
export type { FoundRow, PutRow, RowToPut, TableRows, TypedRow } from "../tables/index.ts";
export type { ListedVersion } from "../publish/list-versions.ts";
export type { PublishedVersion } from "../publish/publish-blueprint.ts";
export * from "../../client/index.ts";
export {
  BlueprintError,
  ChangedTypes,
  defineUseCase,
  type BlueprintObject,
  type DefinedUseCase,
  type UseCasesOf,
} from "../../blueprints/index.ts";
export type { ModelRecorded, TrainingRow } from "../../schemas/index.ts";
export {
  createMetrics,
  hasCode,
  silent,
  StreamsError,
  type ErrorCode,
  type Log,
  type Metrics,
} from "../../streams/index.ts";
export { openTextEncoder, type TextVectorEncoder } from "../../serving/index.ts";
export type { TrainResult } from "../../trainer/index.ts";
