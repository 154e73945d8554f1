import type { DomainErrorCode } from "../../schemas/index.ts";
import { brokenPromise, CodedError, withoutSecrets, type ErrorCode } from "../../streams/index.ts";

/** An error as RFC 9457 has it, with the project's code and the next step. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  /** The next step of the caller. */
  readonly next: string;
  /** The place in the body, the path or the headers, like `context.plan`. */
  readonly field?: string;
  /** The id under which the same decision can be asked for again. */
  readonly decisionId?: string;
}

export const PROBLEM_TYPE = "application/problem+json";
/** For a client that is to come again, s. */
export const RETRY_AFTER_S = 1;

/** Codes that a caller may meet. Any other one is a fault of the server: 500, or 503 where it passes. */
const statuses = new Map<string, number>(
  Object.entries({
    BAD_REQUEST: 400,
    BAD_TIME: 400,
    AHEAD_OF_TIME: 400,
    UNENCODABLE: 400,
    UNDECLARED: 400,
    BAD_ACTION: 400,
    BAD_ROW: 400,
    NO_TOKEN: 401,
    NOT_ALLOWED: 403,
    UNKNOWN_PATH: 404,
    UNKNOWN_USE_CASE: 404,
    REQUEST_TOO_SLOW: 408,
    TABLE_FULL: 409,
    REQUEST_TOO_LARGE: 413,
    OVER_LIMIT: 413,
    RECORD_TOO_LARGE: 413,
    UNSUPPORTED_TYPE: 415,
    TOO_BUSY: 429,
    NOT_READY: 503,
    CLOSED: 503,
    UNKNOWN_TOPIC: 503,
    TIMEOUT: 504,
  } satisfies Partial<Record<DomainErrorCode | ErrorCode, number>>),
);

/** What a route knows of an error's place. */
export interface Where {
  readonly field?: string | undefined;
  readonly decisionId?: string | undefined;
}

const places = new WeakMap<CodedError, Where>();

/** The error, with the place in the request that it is about. */
export function at<E>(error: E, where: Where): E {
  if (error instanceof CodedError) places.set(error, { ...places.get(error), ...where });
  return error;
}

export const statusOf = ({ code, flags }: CodedError): number =>
  statuses.get(code) ?? (flags.retry || flags.byHand ? 503 : 500);

/** An error as a problem; one without a code is a fault of ours, whose message stays here. */
export function problemOf(error: unknown): Problem {
  const coded = error instanceof CodedError ? error : brokenPromise("the request met a fault of the loop");
  const { field, decisionId } = places.get(coded) ?? {};
  return {
    type: `urn:loopstream:error:${coded.code}`,
    title: coded.kind.meaning,
    status: statusOf(coded),
    code: coded.code,
    detail: withoutSecrets(coded.message),
    next: coded.kind.mend,
    ...(field === undefined ? {} : { field }),
    ...(decisionId === undefined ? {} : { decisionId }),
  };
}

/** Whether the same request may pass later. */
export const comesAgain = (status: number): boolean => status === 429 || status === 503;
