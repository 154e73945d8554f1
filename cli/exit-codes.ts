import { BlueprintError, ChangedTypes } from "../blueprints/index.ts";
import { HistoryError, ReplayError, SettingsError } from "../loop/index.ts";
import { CodedError } from "../streams/index.ts";
import { TableError } from "./files/index.ts";
import { DomainError } from "../schemas/index.ts";

/** Results that a script can act on. */
export const exitCodes = Object.freeze({
  ok: 0,
  /** Any other failure. */
  failed: 1,
  /** A flag, a setting, a blueprint or a file must be mended. */
  usage: 2,
  /** Brokers, registry or directory can't be reached or are taken; the same command may succeed later. */
  unavailable: 3,
  /** Done, without some records or lines: they are in the dead letters, or were reported on stderr. */
  partly: 4,
  /** Stopped by a signal; the same command goes on from there. */
  stopped: 130,
});

/** An error whose message is all that a person needs. */
export class UsageError extends DomainError {
  override readonly name = "UsageError";

  constructor(message: string, cause?: unknown) {
    super("BAD_USAGE", message, cause);
  }
}

const usage = [UsageError, SettingsError, BlueprintError, ChangedTypes, ReplayError];

/**
 * Whether an error's message is all that a person needs: it names the flag, the line or the setting, and the remedy.
 */
export const saysAll = (error: unknown): boolean =>
  error instanceof TableError || error instanceof HistoryError || usage.some((kind) => error instanceof kind);

export function exitCodeOf(error: unknown): number {
  if (usage.some((kind) => error instanceof kind)) return exitCodes.usage;
  if (error instanceof TableError || error instanceof HistoryError)
    return isOfTheDisk(error.cause) ? exitCodes.failed : exitCodes.usage;
  if (error instanceof CodedError) {
    if (error.code === "ENGINE_MISSING") return exitCodes.usage;
    const { retry } = error.flags;
    const elsewhere = error.code === "BACKBONE_LOCKED" || error.code === "BACKBONE_GONE";
    return retry || elsewhere ? exitCodes.unavailable : exitCodes.failed;
  }
  return exitCodes.failed;
}

const DISK: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EIO", "EPIPE"]);
const isOfTheDisk = (cause: unknown): boolean => cause instanceof Error && "code" in cause && DISK.has(cause.code);
