import type { HttpDoor, HttpNames, HttpSettings } from "../../http/index.ts";
import { createMetrics, hasCode, type Log, type Metrics } from "../../streams/index.ts";
import { codeVersion } from "../code-version.ts";
import { portProblem } from "../serve-metrics.ts";
import { SettingsError } from "../settings/settings-error.ts";

export interface OpenHttpOptions {
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
  /** Names of the settings in errors. Absent: those of a program. */
  readonly names?: HttpNames | undefined;
}

/**
 * Opens the HTTP interface, whose library is loaded by this call alone. Rejects with a `SettingsError`.
 * @returns undefined if the settings have none
 */
export async function openHttp(
  settings: HttpSettings | undefined,
  options: OpenHttpOptions,
): Promise<HttpDoor | undefined> {
  if (settings === undefined) return undefined;
  const { log, names, metrics = createMetrics() } = options;
  const { serveHttp } = await import("../../http/index.ts");
  try {
    const door = await serveHttp({ ...settings, log, names, metrics, version: codeVersion });
    log.info({ host: settings.host ?? "127.0.0.1", port: door.port }, "HTTP is open");
    return door;
  } catch (error) {
    if (hasCode(error, "BAD_SETTING")) throw new SettingsError((error as Error).message, error);
    const at = `${settings.host === undefined ? "" : `${settings.host}:`}${settings.port}`;
    throw new SettingsError(`${names?.http ?? "http"} ${at}: ${portProblem(error)}`, error);
  }
}
