import { join } from "node:path";
import type { JoinOptions } from "../operators/index.ts";
import type {
  AnyTopic,
  ApplicationOptions,
  Backbone,
  Delivery,
  Log,
  LogMemory,
  Metrics,
  Outages,
  SchemaRegistry,
} from "../streams/index.ts";
import { codeVersion } from "./code-version.ts";
import type { Connection } from "./connect.ts";
import type { Settings } from "./settings/settings.ts";
import type { StateEngineOptions } from "./state-engine.ts";

export interface LoopOptions extends StateEngineOptions {
  readonly id: string;
  readonly backbone: Backbone;
  readonly registry: SchemaRegistry;
  /** Prefix of every subject in the registry. */
  readonly subjectPrefix?: string | undefined;
  readonly partitions: number;
  readonly delivery: Delivery;
  readonly commitIntervalMs: number;
  readonly maxTaskIdleMs: number;
  /** Longest wait of a decision for windows that another instance has, ms. Default 100. */
  readonly lookupMs?: number | undefined;
  /** Number of other instances that keep a copy of each task's state. Default 0. */
  readonly standbyReplicas?: number | undefined;
  readonly salt: string;
  readonly codeVersion: string;
  readonly memoryEdges?: readonly AnyTopic[] | undefined;
  /** How long the join remembers; default `joinDefaults`. */
  readonly join?: JoinOptions | undefined;
  /** Prefix of the names of other topics that replies may go to. Default `decision-replies-`. */
  readonly replyPrefix?: string | undefined;
  /** The log for people. Default: silence. */
  readonly log?: Log | undefined;
  readonly metrics?: Metrics | undefined;
  /** The time of arrival, ms; see `ApplicationOptions`. */
  readonly now?: (() => number) | undefined;
  /** Hears of everything that is tried again. Default: `log` and `metrics`. */
  readonly outages?: Outages | undefined;
  readonly onRestore?: ApplicationOptions["onRestore"] | undefined;
  readonly onFailure?: ApplicationOptions["onFailure"] | undefined;
}

/** The options of work beside the live group, over the same topics. */
export type BesideOptions = Pick<
  LoopOptions,
  | "backbone"
  | "registry"
  | "subjectPrefix"
  | "stateEngine"
  | "stateMemoryBytes"
  | "windowBytes"
  | "partitions"
  | "salt"
  | "outages"
>;

/**
 * `live` answers from the inputs read so far. `exact` waits for every input that is behind, so that history gives the
 * same result however it arrives.
 */
export type LoopMode = "live" | "exact";

/** The loop's options by the settings. */
export function loopOptions(settings: Settings, connection: Connection, mode: LoopMode): LoopOptions {
  const embedded = connection.backbone.kind === "embedded";
  return {
    id: settings.id,
    backbone: connection.backbone,
    registry: connection.registry,
    subjectPrefix: connection.subjectPrefix,
    stateDir: join(settings.dir, "state"),
    stateEngine: settings.stateEngine,
    ...stateMemoryOf(settings),
    replyPrefix: settings.replyPrefix,
    partitions: settings.partitions,
    delivery: embedded ? "exactlyOnce" : settings.delivery,
    commitIntervalMs: embedded ? 0 : settings.commitIntervalMs,
    maxTaskIdleMs: mode === "exact" ? Number.POSITIVE_INFINITY : 0,
    standbyReplicas: settings.standbyReplicas,
    lookupMs: settings.lookupMs,
    salt: settings.salt,
    codeVersion,
  };
}

/** In bytes; empty if the settings have none. */
export function stateMemoryOf({
  stateMemoryMiB,
  windowsMiB,
}: Settings): Pick<LoopOptions, "stateMemoryBytes" | "windowBytes"> {
  return {
    ...(stateMemoryMiB === undefined ? {} : { stateMemoryBytes: stateMemoryMiB * (1 << 20) }),
    ...(windowsMiB === undefined ? {} : { windowBytes: windowsMiB * (1 << 20) }),
  };
}

/** For a reader that passes through topics once: it needs no table a second time. */
export const readingMemory: LogMemory = Object.freeze({ openFiles: 64 });

/** For an import, which is written at full speed: LevelDB sorts larger parts less often. */
export const importMemory: LogMemory = Object.freeze({ writeBufferBytes: 64 << 20 });
const HISTORY_STATE_MIB = 192;

/** With room for the state of history, if the settings name no memory. */
export const forHistory = (settings: Settings): Settings => ({
  ...settings,
  stateMemoryMiB: settings.stateMemoryMiB ?? HISTORY_STATE_MIB,
});
