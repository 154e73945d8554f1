import { join } from "node:path";
import type { LogMemory } from "../streams/index.ts";
import { codeVersion } from "./code-version.ts";
import type { Connection } from "./connect.ts";
import type { LoopOptions } from "./loop.ts";
import type { Settings } from "./settings/settings.ts";

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

/** For history, which is written at full speed: LevelDB sorts larger parts less often. */
export const historyMemory: LogMemory = Object.freeze({ writeBufferBytes: 64 << 20 });
const HISTORY_STATE_MIB = 192;

/** With room for the state of history, if the settings name no memory. */
export const forHistory = (settings: Settings): Settings => ({
  ...settings,
  stateMemoryMiB: settings.stateMemoryMiB ?? HISTORY_STATE_MIB,
});
