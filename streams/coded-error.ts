import { hideSecrets, withoutSecrets } from "./secrets.ts";

/** How the loop that meets an error goes on. */
export interface ErrorFlags {
  /** The same call may succeed later. */
  readonly retry: boolean;
  /** Somebody else owns the work now: close and rejoin. */
  readonly fence: boolean;
  /** Go no further: a bug or a setting that must be mended. */
  readonly fatal: boolean;
  /** It comes to an end by itself, however long that takes: the record waits, and is never given up. */
  readonly ends: boolean;
  /** Somebody must correct a setting, a certificate or a right first. A running process waits for it; a start does not. */
  readonly byHand: boolean;
}

/** One code of a table, as docs/errors.md says it. */
export interface ErrorKind {
  readonly flags: ErrorFlags;
  readonly meaning: string;
  /** The next step, for the person who meets the error. */
  readonly mend: string;
}

export type ErrorTable = Readonly<Record<string, ErrorKind>>;

const kindOf = (flags: Partial<ErrorFlags>, meaning: string, mend: string): ErrorKind => ({
  flags: { retry: false, fence: false, fatal: false, ends: false, byHand: false, ...flags },
  meaning,
  mend,
});

/** Concerns one record or one call; asking again changes nothing. */
export const lasting = (meaning: string, mend: string): ErrorKind => kindOf({}, meaning, mend);
export const passing = (meaning: string, mend: string): ErrorKind => kindOf({ retry: true }, meaning, mend);
export const ending = (meaning: string, mend: string): ErrorKind => kindOf({ retry: true, ends: true }, meaning, mend);
export const byHand = (meaning: string, mend: string): ErrorKind =>
  kindOf({ retry: true, byHand: true }, meaning, mend);
export const fencing = (meaning: string, mend: string): ErrorKind => kindOf({ fence: true }, meaning, mend);
export const fatal = (meaning: string, mend: string): ErrorKind => kindOf({ fatal: true }, meaning, mend);

/**
 * An error with a code of a table. The message tells the place, the fault and the next step; `cause` keeps the error
 * underneath. Neither shows a password.
 */
export class CodedError extends Error {
  readonly code: string;
  /** Its entry in the table. */
  readonly kind: ErrorKind;

  constructor(code: string, kind: ErrorKind, message: string, cause?: unknown) {
    super(withoutSecrets(message), cause === undefined ? undefined : { cause: hideSecrets(cause) });
    this.code = code;
    this.kind = kind;
  }

  get flags(): ErrorFlags {
    return this.kind.flags;
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof CodedError && error.code === code;
}

/** The code for a metric's label; `NO_CODE` for an error of no table. */
export const codeOf = (error: unknown): string => (error instanceof CodedError ? error.code : "NO_CODE");
