import { DomainError, type DomainErrorCode } from "../schemas/index.ts";
import { CodedError, type ErrorCode } from "../streams/index.ts";

/** Results that a script can act on. */
export const exitCodes = Object.freeze({
  ok: 0,
  /** Any other failure. */
  failed: 1,
  /** A flag, a setting, a right, a blueprint or a file must be mended. */
  usage: 2,
  /** Brokers, registry or directory can't be reached or are taken; the same command may succeed later. */
  unavailable: 3,
  /** Done, without some records or lines: they are in the dead letters, or were reported on stderr. */
  partly: 4,
  /** Nothing was written, and there is something to write: of a dry run. */
  changes: 5,
  /** Nothing is estimated: there is too little to go by, and the result says what. */
  refused: 6,
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

/** A flag, a name, a setting, a blueprint or a file must be mended. Their messages say how. */
const usage: ReadonlySet<string> = new Set<DomainErrorCode | ErrorCode>([
  ...([
    "BAD_USAGE",
    "BAD_SETTING",
    "BAD_BLUEPRINT",
    "CHANGED_TYPES",
    "REPLAY_REFUSED",
    "BAD_FILE",
    "BAD_HISTORY",
    "BAD_ROW",
    "TABLE_FULL",
    "UNFIT_MODEL",
  ] as const),
  ...(["UNKNOWN_USE_CASE", "UNKNOWN_VERSION", "UNKNOWN_MODEL", "UNKNOWN_DECISION", "UNKNOWN_TOPIC"] as const),
  ...(["ENGINE_MISSING", "PACKAGE_MISSING", "NEWER_RELEASE"] as const),
]);

/**
 * Whether an error's message is all that a person needs: it names the flag, the line or the setting, and the remedy.
 */
export const saysAll = ({ code }: CodedError): boolean => usage.has(code);

export function exitCodeOf(error: unknown): number {
  if (!(error instanceof CodedError)) return exitCodes.failed;
  if ((error.code === "BAD_FILE" || error.code === "BAD_HISTORY") && isOfTheDisk(error.cause)) return exitCodes.failed;
  if (usage.has(error.code) || error.flags.byHand) return exitCodes.usage;
  const elsewhere = error.code === "BACKBONE_LOCKED" || error.code === "BACKBONE_GONE";
  return error.flags.retry || elsewhere ? exitCodes.unavailable : exitCodes.failed;
}

const DISK: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT", "EIO", "EPIPE"]);
const isOfTheDisk = (cause: unknown): boolean => cause instanceof Error && "code" in cause && DISK.has(cause.code);
