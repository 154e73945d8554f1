import { DomainError } from "../../schemas/index.ts";

/** A setting that must be mended. The message names it and is all that a person needs. */
export class SettingsError extends DomainError {
  override readonly name = "SettingsError";

  constructor(message: string, cause?: unknown) {
    super("BAD_SETTING", message, cause);
  }
}
