import { hideSecrets, withoutSecrets } from "./secrets.ts";

/** What the loop that meets an error does next. */
export interface ErrorFlags {
  /** The same call may succeed later. */
  readonly retry: boolean;
  /** Somebody else owns the work now: close and rejoin. */
  readonly fence: boolean;
  /** Go no further: a bug or a setting that must be mended. */
  readonly fatal: boolean;
}

const table = {
  BACKBONE_UNAVAILABLE: { retry: true, fence: false, fatal: false },
  BACKBONE_GONE: { retry: false, fence: false, fatal: true },
  BACKBONE_LOCKED: { retry: false, fence: false, fatal: true },
  UNKNOWN_TOPIC: { retry: false, fence: false, fatal: false },
  TOPIC_MOVED: { retry: true, fence: false, fatal: false },
  TOPIC_MISMATCH: { retry: false, fence: false, fatal: true },
  RECORD_TOO_LARGE: { retry: false, fence: false, fatal: false },
  OVER_LIMIT: { retry: false, fence: false, fatal: false },
  TRANSACTION_OPEN: { retry: false, fence: false, fatal: true },
  FENCED: { retry: false, fence: true, fatal: false },
  INSTANCE_REPLACED: { retry: false, fence: false, fatal: true },
  CLOSED: { retry: false, fence: false, fatal: true },
  UNDECODABLE: { retry: false, fence: false, fatal: false },
  NEWER_RELEASE: { retry: false, fence: false, fatal: false },
  UNREADABLE_BATCH: { retry: false, fence: false, fatal: false },
  UNSUPPORTED_SCHEMA: { retry: false, fence: false, fatal: false },
  UNKNOWN_SCHEMA: { retry: false, fence: false, fatal: false },
  UNENCODABLE: { retry: false, fence: false, fatal: false },
  INCOMPATIBLE_SCHEMA: { retry: false, fence: false, fatal: true },
  TIMEOUT: { retry: true, fence: false, fatal: false },
  REGISTRY_UNAVAILABLE: { retry: true, fence: false, fatal: false },
  HANDLER_FAILED: { retry: false, fence: false, fatal: false },
  AHEAD_OF_TIME: { retry: false, fence: false, fatal: false },
  BAD_TIME: { retry: false, fence: false, fatal: false },
  DECISION_ID_REUSED: { retry: false, fence: false, fatal: false },
  BAD_ACTION: { retry: false, fence: false, fatal: false },
  TOO_MANY: { retry: false, fence: false, fatal: false },
  UNDECLARED: { retry: false, fence: false, fatal: false },
  ILLEGAL_MOVE: { retry: false, fence: false, fatal: false },
  TOO_LATE: { retry: false, fence: false, fatal: false },
  READ_ONLY: { retry: false, fence: false, fatal: true },
  REPLY_NOT_ALLOWED: { retry: false, fence: false, fatal: false },
  UNKNOWN_REPLY_TOPIC: { retry: false, fence: false, fatal: false },
  TOPOLOGY_INVALID: { retry: false, fence: false, fatal: true },
  LOG_CORRUPT: { retry: false, fence: false, fatal: true },
  STATE_UNAVAILABLE: { retry: true, fence: false, fatal: false },
  STATE_CORRUPT: { retry: true, fence: false, fatal: false },
  STATE_UNREADABLE: { retry: false, fence: false, fatal: true },
  NO_PROGRESS: { retry: false, fence: false, fatal: true },
  WARMING: { retry: true, fence: false, fatal: false },
  STATE_NOT_LOADED: { retry: false, fence: false, fatal: true },
  ENGINE_MISSING: { retry: false, fence: false, fatal: true },
} as const satisfies Record<string, ErrorFlags>;

export type ErrorCode = keyof typeof table;

/**
 * Every error of the runtime. The message says where, what, and what to do; `cause` keeps what was underneath. Neither shows a password.
 */
export class StreamsError extends Error {
  override readonly name = "StreamsError";
  readonly code: ErrorCode;
  readonly flags: ErrorFlags;

  constructor(code: ErrorCode, message: string, cause?: unknown) {
    super(withoutSecrets(message), cause === undefined ? undefined : { cause: hideSecrets(cause) });
    this.code = code;
    this.flags = table[code];
  }
}

export function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof StreamsError && error.code === code;
}
