import type { FastifyError } from "fastify";
import { DomainError, recordLimits } from "../../schemas/index.ts";
import { CodedError } from "../../streams/index.ts";
import { at } from "./problem.ts";

/** An issue of a request's path or body, as the validator reports it. */
interface Issue {
  readonly instancePath: string;
  readonly message?: string | undefined;
}

/** An error of the server's library as one of ours. Any other error stays as it is. */
export function requestError(error: unknown): unknown {
  if (error instanceof CodedError || !(error instanceof Error)) return error;
  const { code, statusCode = 500, validation, validationContext = "body" } = error as FastifyError;
  if (validation !== undefined) return misfit(validation as readonly Issue[], validationContext);
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE")
    return new DomainError("REQUEST_TOO_LARGE", `the body has more than ${recordLimits.httpBodyBytes} bytes`, error);
  if (code === "FST_ERR_CTP_INVALID_MEDIA_TYPE")
    return new DomainError("UNSUPPORTED_TYPE", "the body's type is not application/json", error);
  return statusCode >= 400 && statusCode < 500 ? new DomainError("BAD_REQUEST", error.message, error) : error;
}

function misfit(issues: readonly Issue[], context: string): DomainError {
  const told = issues.slice(0, 10).map(({ instancePath, message }) => ({ field: fieldOf(instancePath), message }));
  const lines = told.map(({ field, message }) => `${field === "" ? context : field}: ${message ?? "it does not fit"}`);
  const more = issues.length > told.length ? `, and ${issues.length - told.length} more` : "";
  return at(new DomainError("BAD_REQUEST", lines.join("; ") + more), { field: told[0]!.field });
}

/** `/context/plan` as `context.plan`. */
const fieldOf = (pointer: string): string =>
  pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .join(".");
