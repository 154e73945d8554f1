import { StreamsError, type ErrorCode } from "../../errors.ts";

export interface PackedError {
  /** Of a `StreamsError`; any other error has none. */
  readonly code: ErrorCode | undefined;
  readonly message: string;
  readonly cause: PackedError | undefined;
}

/** An error without a code, in the process that has the log. */
class PeerError extends Error {
  override readonly name = "PeerError";
}

export type Message =
  | { readonly kind: "call"; readonly id: number; readonly method: string; readonly args: readonly unknown[] }
  | { readonly kind: "done"; readonly id: number; readonly value: unknown }
  | { readonly kind: "failed"; readonly id: number; readonly error: PackedError };

/** Checks the envelope of a peer's message. The call checks the arguments. */
export function isMessage(value: unknown): value is Message {
  if (typeof value !== "object" || value === null) return false;
  const { kind, id, method, args, error } = value as Readonly<Record<string, unknown>>;
  if (typeof id !== "number") return false;
  if (kind === "call") return typeof method === "string" && Array.isArray(args);
  if (kind === "failed") return typeof error === "object" && error !== null;
  return kind === "done";
}

/** Keeps code and message, also of the causes. Stacks are not sent. */
export function packError(error: unknown): PackedError {
  if (!(error instanceof Error)) return { code: undefined, message: String(error), cause: undefined };
  return {
    code: error instanceof StreamsError ? error.code : undefined,
    message: error.message,
    cause: error.cause === undefined ? undefined : packError(error.cause),
  };
}

export function unpackError({ code, message, cause }: PackedError): Error {
  const below = cause === undefined ? undefined : unpackError(cause);
  if (code !== undefined) return new StreamsError(code, message, below);
  return new PeerError(message, below === undefined ? undefined : { cause: below });
}
