import { checkBlueprint } from "../blueprints/index.ts";
import { createClient } from "../client/index.ts";
import type { HttpNames } from "../http/index.ts";
import { createMetrics, type Log } from "../streams/index.ts";
import { latestAt, loopSource } from "./http/loop-source.ts";
import { openHttp } from "./http/open-http.ts";
import type { Warming } from "./instances/when-full.ts";
import { lackingText, type Lacking } from "./publish/lacking-rows.ts";
import { publishBlueprint } from "./publish/publish-blueprint.ts";
import { start, type Place, type StartOptions } from "./start.ts";
import { aborted, unlessAborted } from "./until-aborted.ts";

export interface RunOptions extends Pick<
  StartOptions,
  "settings" | "log" | "metrics" | "serve" | "schedules" | "onRestore"
> {
  /** Ends the loop. */
  readonly signal: AbortSignal;
  /** Blueprints that are published first and made live. */
  readonly blueprints?: readonly { readonly text: string; readonly file: string }[] | undefined;
  /** Names of the settings of HTTP in errors. Absent: those of a program. */
  readonly httpNames?: HttpNames | undefined;
  /** Called while running instances fill the windows of a version that is being published. */
  readonly onWarming?: ((warming: Warming) => void) | undefined;
  /** Called once it runs. */
  readonly onRunning?: ((place: Place) => Promise<void>) | undefined;
  /** Called when the end begins: by the signal, or because the loop has stopped by itself. */
  readonly onEnding?: (() => void) | undefined;
}

/**
 * Runs the loop, with everything beside it, until the signal comes. Rejects with a `BlueprintError` before anything is
 * opened, with the errors of `start`, and with the loop's failure if it stops by itself.
 */
export async function runLoop(options: RunOptions): Promise<void> {
  const { settings, log, metrics = createMetrics(), blueprints = [], signal, onEnding = () => undefined } = options;
  for (const { text, file } of blueprints) warn(checkBlueprint(text, file).warnings, log);
  const failed = new AbortController();
  const ending = AbortSignal.any([signal, failed.signal]);
  ending.addEventListener("abort", onEnding, { once: true });
  let failure: { readonly error: unknown } | undefined;
  const onFailure = (error: unknown): void => {
    failure = { error };
    failed.abort();
  };
  const http = await openHttp(settings.http, { log, metrics, names: options.httpNames });
  try {
    const place = await start({ ...options, metrics, signal: ending, onFailure });
    if (place === undefined) return log.info({}, "stopped before the loop was running");
    const client = createClient({ ...place.connection, log, buffer: false }, () => latestAt(place));
    try {
      await publishAll(place, options, ending);
      http?.enter(loopSource(client, () => place, settings.id));
      const { kind } = place.connection.backbone;
      log.info({ backbone: kind, dir: settings.dir }, "the loop is running; Ctrl-C stops it");
      await options.onRunning?.(place);
      await aborted(ending);
      log.info({}, "stopping");
    } finally {
      failed.abort();
      // Requests under way are answered first.
      await http?.close();
      await client.close().finally(() => place.close());
    }
  } finally {
    await http?.close();
  }
  if (failure !== undefined) throw failure.error;
}

function warn(warnings: ReturnType<typeof checkBlueprint>["warnings"], log: Log): void {
  for (const { message, path, line } of warnings) log.warn({ path, line }, message);
}

async function publishAll({ tools }: Place, options: RunOptions, signal: AbortSignal): Promise<void> {
  const { blueprints = [], log, onWarming = () => undefined } = options;
  for (const { text } of blueprints) {
    const onLacking = (all: readonly Lacking[]): void => {
      for (const one of all) log.warn({ ...one }, lackingText(one));
    };
    const publishing = publishBlueprint(tools, text, undefined, { signal, onWarming, onLacking });
    const published = await unlessAborted(publishing, signal);
    if (published !== undefined) log.info(published, "blueprint is live");
  }
}
