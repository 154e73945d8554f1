import type { Client, ClientOptions, UseCases, AnyUseCase } from "../../client/index.ts";
import type { ModelRecorded, TrainingRow } from "../../schemas/index.ts";
import type { Log, Metrics } from "../../streams/index.ts";
import type { TrainRequest, TrainResult } from "../../trainer/index.ts";
import type { ListedVersion } from "../publish/list-versions.ts";
import type { PublishedVersion, PublishOptions } from "../publish/publish-blueprint.ts";
import type { SettingsOptions } from "../settings/settings.ts";

/** Where the loop is and how it runs; all of it may be left out. */
export interface LoopstreamOptions extends SettingsOptions, Pick<ClientOptions, "strict" | "defaults" | "clientId"> {
  /** A YAML settings file, as the command line reads one. What else is said here comes before it. Absent: no file is read, and no environment. */
  readonly config?: string | undefined;
  /** `false`: the loop runs elsewhere, and this process only talks to it. Default true. */
  readonly run?: boolean | undefined;
  /** Train by schedule and by fresh rows, where the loop runs here. Default true. */
  readonly schedules?: boolean | undefined;
  /** What a person should know: pino's loggers fit. Default: warnings and errors on stderr. `silent` says nothing. */
  readonly log?: Log | undefined;
  /** Where the loop counts; `metrics.registry` is prom-client's. */
  readonly metrics?: Metrics | undefined;
  /** Serve the metrics on this port of the loopback address, at /metrics. 0: any that is free. */
  readonly metricsPort?: number | undefined;
  /** Ends the opening: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** The loop in this process has stopped by itself, which the log says too: every call fails from then on. Close it. */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

export interface PublishRequest extends PublishOptions {
  /** Live after this time, ms. Absent: now, and the first version of a use case from the beginning, so that history can be logged. */
  readonly from?: number | undefined;
  /** `false`: it is published only, to replay history by it and to train for it before it decides. */
  readonly live?: boolean | undefined;
}

/** Of a training; times in ms. */
export interface TrainOptions extends Pick<TrainRequest, "blueprintVersion" | "rowsTopic" | "holdout" | "onProgress"> {
  /** Only rows that are complete by then; the model is valid after it. Absent: now. */
  readonly until?: number | undefined;
}

/** Which rows; times in ms. */
export interface RowsOptions {
  /** Decided at or after. */
  readonly from?: number | undefined;
  /** Decided before. */
  readonly to?: number | undefined;
  /** Columns of this version, and the rows it may train on. Absent: the live one. */
  readonly blueprintVersion?: string | undefined;
}

/** The loop, for a product that runs it or talks to it: ask, observe, publish, train. */
export interface Loopstream<T extends UseCases<T> = AnyUseCase> extends Client<T>, AsyncDisposable {
  /** Whether the loop runs in this process. `false`: in another one, until that ends and this one takes over. */
  readonly runsHere: boolean;
  /**
   * Publishes the text of a blueprint and makes it live. Resolves when decisions are made by it. Rejects with a `BlueprintError` that names the line,
   * and with `ChangedTypes` where a name has another type than before.
   */
  publishBlueprint(text: string, options?: PublishRequest): Promise<PublishedVersion>;
  /** Every version there is, those of a use case in the order in which they went live. */
  blueprints(): Promise<readonly ListedVersion[]>;
  /** Turns off a version that is live: decisions are null until another one is. */
  withdrawBlueprint(useCase: string, version: string): Promise<void>;
  /** Trains now, in a thread of this process. The model serves only if it is better than the one in production. */
  train(useCase: string, options?: TrainOptions): Promise<TrainResult>;
  /** All models, oldest training first, with their evidence and states. */
  models(useCase?: string): Promise<readonly ModelRecorded[]>;
  /** Puts a model into production at once, whatever the gate said. */
  promote(modelId: string, reason?: string): Promise<ModelRecorded>;
  /** Takes a model out of production at once. */
  withdraw(modelId: string, reason?: string): Promise<ModelRecorded>;
  /** Training rows, the newest of each decision, in the order of the decisions' times. */
  rows(useCase: string, options?: RowsOptions): AsyncIterable<TrainingRow>;
  /**
   * Resolves once this process has handled what was logged before, and rows whose wait is over are made: for tests and for history. Rejects with
   * `BACKBONE_LOCKED` where the loop runs elsewhere.
   */
  idle(): Promise<void>;
  /** Ends calls and the loop in good order; nothing of it keeps the process alive. It may also be killed at any time. */
  close(): Promise<void>;
}
