import { connect, type Connection, type ConnectOptions, type Settings } from "../../loop/index.ts";
import { createLog, outagesOnStderr } from "../text/log.ts";

/** The backbone and registry that the settings mean. What is waited for, and what the disk has lost, is said on stderr. */
export function connectHere(settings: Settings, options: Partial<ConnectOptions> = {}): Promise<Connection> {
  const { outages = outagesOnStderr(), log = createLog(false) } = options;
  return connect(settings, { ...options, outages, log });
}
