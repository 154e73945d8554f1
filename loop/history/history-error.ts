import { DomainError } from "../../schemas/index.ts";

/** History that must be mended, or said otherwise, before it can be imported. The message says how and is all a person needs. */
export class HistoryError extends DomainError {
  override readonly name = "HistoryError";

  constructor(message: string, cause?: unknown) {
    super("BAD_HISTORY", message, cause);
  }
}
