import { connect, type Connection, type ConnectOptions, type Settings } from "../../loop/index.ts";
import { createLog, outagesOnStderr } from "../text/log.ts";

/** The backbone and registry of the settings. Waits, and losses of the disk, are reported on stderr. */
export function connectHere(settings: Settings, options: Partial<ConnectOptions> = {}): Promise<Connection> {
  const { outages = outagesOnStderr(), log = createLog(false) } = options;
  return connect(settings, { ...options, outages, log });
}
