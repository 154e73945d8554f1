import { meant } from "../../blueprints/index.ts";
import { createMetrics } from "../../streams/index.ts";
import { SettingsError } from "../settings/settings-error.ts";
import { readSettingsFile } from "../settings/settings-file.ts";
import { settingKeys, settingsOf } from "../settings/settings.ts";
import type { LoopstreamOptions } from "./loopstream.ts";
import type { SessionOptions } from "./session.ts";
import { stderrLog } from "./stderr-log.ts";

const own = [
  ...["config", "run", "schedules", "log", "metrics", "metricsPort", "metricsHost", "signal", "onFailure"],
  ...["strict", "defaults", "clientId"],
];
const known: readonly string[] = [...settingKeys, ...own];

/** Checks a product's options. Throws a `SettingsError` that names the one to mend. */
export function sessionOptions(options: LoopstreamOptions): SessionOptions {
  for (const name of Object.keys(options)) if (!known.includes(name)) throw new SettingsError(unknown(name));
  const { config, run = true, log = stderrLog, metrics = createMetrics(), schedules, onFailure } = options;
  const { metricsPort, metricsHost } = options;
  const said = Object.entries(options).filter(([, value]) => value !== undefined);
  const file = config === undefined ? {} : readSettingsFile(config);
  const { strict = false, defaults = {}, clientId } = options;
  return {
    start: {
      settings: settingsOf({ ...file, ...(Object.fromEntries(said) as LoopstreamOptions) }),
      ...{ log, metrics, schedules, onFailure },
      serve: metricsPort === undefined ? undefined : { host: metricsHost, port: metricsPort, setting: "metricsPort" },
      run: run ? "free" : "never",
    },
    client: { strict, defaults, log, clientId },
  };
}

function unknown(name: string): string {
  const guess = meant(name, known);
  return `there is no option ${JSON.stringify(name)}: ${guess === null ? `known are ${known.join(", ")}` : `did you mean ${guess}?`}`;
}
