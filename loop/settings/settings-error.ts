/** A setting that must be mended. The message names it and is all that a person needs. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}
