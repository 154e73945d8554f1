import { connect, SettingsError, type Connection, type ConnectOptions, type Settings } from "../../loop/index.ts";
import { hasLog } from "../../streams/index.ts";
import { createLog, outagesOnStderr } from "../text/log.ts";

/** The backbone and registry of the settings. Waits, and losses of the disk, are reported on stderr. */
export function connectHere(settings: Settings, options: Partial<ConnectOptions> = {}): Promise<Connection> {
  const { outages = outagesOnStderr(), log = createLog(false) } = options;
  return connect(settings, { ...options, outages, log });
}

/**
 * For commands that work on what is there: in a mistyped directory they would make an empty log and find nothing in it.
 * Throws a `SettingsError` that names the directory.
 */
export function checkLog({ brokers, dir }: Settings): void {
  if (brokers.length > 0 || hasLog(dir)) return;
  throw new SettingsError(
    `dir ${dir}: there is no log of loopstream there. Check the path (--dir), or start the loop there first`,
  );
}
