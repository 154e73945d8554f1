/** Answers that a right to ask, or a moment, mends: 401, 403, 407 unauthorized, 408 and 425 too late or early, 429 too often. */
const passing = new Set([401, 403, 407, 408, 425, 429]);

/** An answer that is no registry's, whatever its status. */
export class OddAnswer extends Error {
  override readonly name = "OddAnswer";
}

/** An answer that says no; `status` is that of HTTP. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly status: number;
  /** Of a redirect. */
  readonly location: string | undefined;

  constructor(message: string, status: number, location?: string) {
    super(message);
    this.status = status;
    this.location = location;
  }
}

export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

export function jsonOf(text: string, asked: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new OddAnswer(`${asked}: the answer is no JSON: ${text.slice(0, 200)}`);
  }
}

export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && "status" in error && typeof error.status === "number" ? error.status : undefined;
}

export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : "";
  return error.message + cause;
}

/** No answer of a registry at all, or one that says it can't at the moment. */
export function isUnreachable(error: unknown): boolean {
  const status = statusOf(error);
  if (error instanceof OddAnswer) return false;
  return status === undefined || status === 429 || status >= 500;
}

/** An answer about what was asked, and not about who asked or when: it will be the same. */
export function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return error instanceof OddAnswer || (status !== undefined && status >= 400 && status < 500 && !passing.has(status));
}
