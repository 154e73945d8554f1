import { meant } from "../../blueprints/index.ts";
import { createMetrics } from "../../streams/index.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { readSettingsFile } from "../settings/settings-file.ts";
import { settingKeys, settingsOf } from "../settings/settings.ts";
import type { StayingOptions } from "../../client/index.ts";
import type { LoopstreamOptions } from "./loopstream.ts";
import type { SessionOptions } from "./session.ts";
import { stderrLog } from "./stderr-log.ts";

const own = [
  ...["config", "run", "schedules", "log", "metrics", "metricsPort", "metricsHost", "signal", "onFailure"],
  ...["strict", "defaults", "clientId", "buffer"],
];
const known: readonly string[] = [...settingKeys, ...own];

/** Options of the opening, and those of the client over all sessions. */
export interface OpeningOptions extends SessionOptions {
  readonly staying: Pick<StayingOptions, "defaults" | "buffer">;
}

/** Checks a product's options. Throws a `SettingsError` that names the one to mend. */
export function sessionOptions(options: LoopstreamOptions): OpeningOptions {
  for (const name of Object.keys(options)) if (!known.includes(name)) throw new SettingsError(unknown(name));
  const { config, run = true, log = stderrLog, metrics = createMetrics(), schedules, onFailure } = options;
  const { metricsPort, metricsHost } = options;
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  const file = config === undefined ? {} : readSettingsFile(config);
  const { strict = false, defaults = {}, clientId, buffer } = options;
  if (typeof buffer === "object") checkBuffer(buffer);
  return {
    start: {
      settings: settingsOf({ ...file, ...(Object.fromEntries(said) as LoopstreamOptions) }),
      ...{ log, metrics, schedules, onFailure },
      serve: metricsPort === undefined ? undefined : { host: metricsHost, port: metricsPort, setting: "metricsPort" },
      run: run ? "free" : "never",
    },
    client: { strict, log, clientId },
    staying: { defaults, buffer },
  };
}

function checkBuffer(buffer: object): void {
  for (const [name, value] of Object.entries(buffer)) {
    const most = name === "records" || name === "bytes";
    if (!most && name !== "spool") {
      throw new SettingsError(`buffer has no option ${JSON.stringify(name)}: known are records, bytes and spool`);
    }
    if (value === undefined) continue;
    if (most && !(typeof value === "number" && value > 0)) {
      throw new SettingsError(`buffer.${name} ${String(value)}: write a number above 0`);
    }
    if (!most && (typeof value !== "string" || value.trim() === "")) {
      throw new SettingsError(`buffer.spool ${String(value)}: write the path of a folder`);
    }
  }
}

function unknown(name: string): string {
  const guess = meant(name, known);
  return `there is no option ${JSON.stringify(name)}: ${guess === null ? `known are ${known.join(", ")}` : `did you mean ${guess}?`}`;
}
