import type { AnyUseCase, Client, ClientOptions, Closed, UseCases } from "../../client/index.ts";
import type { DefinedUseCase } from "../../blueprints/index.ts";
import type { ModelRecorded, TrainingRow } from "../../schemas/index.ts";
import type { Log, Metrics } from "../../streams/index.ts";
import type { TrainRequest, TrainResult } from "../../trainer/index.ts";
import type { ListedVersion } from "../publish/list-versions.ts";
import type { PublishedVersion, PublishOptions } from "../publish/publish-blueprint.ts";
import type { TableRows } from "../tables/index.ts";
import type { SettingsOptions } from "../settings/settings.ts";

/** The place of the loop and its manner of running. Every option may be left out. */
export interface LoopstreamOptions
  extends SettingsOptions, Pick<ClientOptions, "strict" | "defaults" | "clientId" | "buffer"> {
  /**
   * A YAML settings file, as the command line reads it. Other options come before it. Absent: neither a file nor the
   * environment is read.
   */
  readonly config?: string | undefined;
  /**
   * `false`: the loop runs elsewhere, and this process is only its client: it never opens the log itself. A `dir` that
   * does not exist, or holds other things and no log, is a `SettingsError`. Default true.
   */
  readonly run?: boolean | undefined;
  /** Train by schedule and by fresh rows, if the loop runs here. Default true. */
  readonly schedules?: boolean | undefined;
  /** The log for people; pino's loggers fit. Default: warnings and errors on stderr. `silent` says nothing. */
  readonly log?: Log | undefined;
  /** The loop's metrics; `metrics.registry` is prom-client's. */
  readonly metrics?: Metrics | undefined;
  /** Serve the metrics on this port, at /metrics. 0: any free port. */
  readonly metricsPort?: number | undefined;
  /** The address of that port. Absent: the loopback address, which only this machine reaches. `0.0.0.0`: all. */
  readonly metricsHost?: string | undefined;
  /** Ends the opening: it then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called when the loop in this process has stopped by itself. The log says so too, and every later call fails: close
   * it.
   */
  readonly onFailure?: ((error: unknown) => void) | undefined;
}

export interface PublishRequest extends PublishOptions {
  /**
   * Live after this time, ms. Absent: now. The first version of a use case is then live from the beginning, so that
   * history can be logged.
   */
  readonly from?: number | undefined;
  /** `false`: only publish it, to replay history with it and train for it before it decides. */
  readonly live?: boolean | undefined;
}

/** Options of a training; times in ms. */
export interface TrainOptions extends Pick<TrainRequest, "blueprintVersion" | "rowsTopic" | "holdout" | "onProgress"> {
  /** Train only on rows that are complete by then; the model is valid after it. Absent: now. */
  readonly until?: number | undefined;
}

/** Selects rows; times in ms. */
export interface RowsOptions {
  /** Decided at or after. */
  readonly from?: number | undefined;
  /** Decided before. */
  readonly to?: number | undefined;
  /** Only what was known by this time, ms: rows and labels as they were then. Absent: all. */
  readonly asOf?: number | undefined;
  /** Columns of this version, and the rows that it may train on. Absent: the live version. */
  readonly blueprintVersion?: string | undefined;
}

/** The loop for a product that runs it or talks to it: ask, observe, publish, train. */
export interface Loopstream<T extends UseCases<T> = AnyUseCase> extends Client<T>, AsyncDisposable {
  /**
   * Whether the loop runs in this process. `false`: another process runs it; when that one ends, this one takes over.
   */
  readonly runsHere: boolean;
  /** The port of the HTTP interface, if the option `http` opened one. */
  readonly httpPort: number | undefined;
  /**
   * Publishes the text of a blueprint, or a use case of `defineUseCase`, and makes it live. Resolves once decisions are made by it. Rejects with a
   * `BlueprintError` that names the line, or with `ChangedTypes` if a name has another type than before.
   */
  publishBlueprint(
    blueprint: string | Pick<DefinedUseCase, "text">,
    options?: PublishRequest,
  ): Promise<PublishedVersion>;
  /** Rows of reference tables, which decisions look up. */
  readonly tables: TableRows<T>;
  /** All versions, those of a use case in the order in which they went live. */
  blueprints(): Promise<readonly ListedVersion[]>;
  /** Turns off a live version: decisions are null until another version is live. */
  withdrawBlueprint(useCase: string, version: string): Promise<void>;
  /** Trains now, in a thread of this process. The model serves only if it beats the one in production. */
  train(useCase: string, options?: TrainOptions): Promise<TrainResult>;
  /** All models, oldest training first, with their evidence and states. */
  models(useCase?: string): Promise<readonly ModelRecorded[]>;
  /** Puts a model into production, whatever the gate's verdict. Resolves once later requests are answered by it. */
  promote(modelId: string, reason?: string): Promise<ModelRecorded>;
  /** Takes a model out of production. Resolves once later requests are answered without it. */
  withdraw(modelId: string, reason?: string): Promise<ModelRecorded>;
  /** Training rows, the newest of each decision, in the order of decision times. */
  rows(useCase: string, options?: RowsOptions): AsyncIterable<TrainingRow>;
  /**
   * Resolves once this process has handled everything that was logged before, and has made the rows whose wait is over.
   * Meant for tests and for history. Rejects with `BACKBONE_LOCKED` if the loop runs elsewhere.
   */
  idle(): Promise<void>;
  /**
   * Stores the records that wait, for at most `timeout` ms (default 5,000), and ends calls and the loop in good order;
   * afterwards nothing keeps the process alive. Tells how many records are left. A kill is safe at any time too.
   */
  close(options?: { readonly timeout?: number | undefined }): Promise<Closed>;
}
