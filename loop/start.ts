import { readdir } from "node:fs/promises";
import { stateText } from "../catalogue/index.ts";
import { createMetrics, Outages, shownAddress, StreamsError, type Log, type Metrics } from "../streams/index.ts";
import { connect, type Connection } from "./connect.ts";
import { moveLeadMs } from "./instances/move-by-hand.ts";
import { startReports } from "./instances/reports.ts";
import { startLadder } from "./ladder/index.ts";
import { loopOptions, type LoopMode, type LoopOptions } from "./loop-options.ts";
import { openTools, startLoop, type Loop, type Tools } from "./loop.ts";
import { patiently } from "./patiently.ts";
import type { Running } from "./running.ts";
import { restoreReport } from "./restore-report.ts";
import { Restoring } from "./http/restoring.ts";
import { startPromotions } from "./promotion/index.ts";
import { startRetention, startSchedules, startTicker, trainingsWith, type ScheduleOptions } from "./schedules.ts";
import { serveMetrics, type MetricsAddress } from "./serve-metrics.ts";
import { SettingsError } from "./settings/settings-error.ts";
import type { Settings } from "./settings/settings.ts";
import { unlessAborted } from "./until-aborted.ts";

export interface StartOptions {
  readonly settings: Settings;
  readonly log: Log;
  readonly metrics?: Metrics | undefined;
  /** Serve the metrics at this address. */
  readonly serve?: MetricsAddress | undefined;
  /** Train by schedule and by fresh rows. Default true. */
  readonly schedules?: boolean | undefined;
  /**
   * `always`: the loop runs here; `start` rejects with `BACKBONE_LOCKED` if another process has the embedded log open.
   * `free`: the loop runs here, unless another process has the embedded log open; this process then works through that
   * one. `never`: only the tools are here, and another process has the embedded log open. Default `always`.
   */
  readonly run?: "always" | "free" | "never" | undefined;
  /** Ends the start; everything opened so far is closed again. */
  readonly signal?: AbortSignal | undefined;
  /** Waits so long for brokers, a registry or another process that are not there yet, ms. Default `startPatienceMs`. */
  readonly patienceMs?: number | undefined;
  /** Called when the loop has stopped by itself: close it. */
  readonly onFailure?: LoopOptions["onFailure"] | undefined;
  /** Hears how far a restore of local state is. Default: lines of the log. */
  readonly onRestore?: LoopOptions["onRestore"] | undefined;
}

/** A started process: it runs the loop with everything beside it, or works beside one. */
export interface Place {
  readonly connection: Connection;
  readonly tools: Tools;
  /** The loop, if it runs in this process. */
  readonly loop: Loop | undefined;
  /** Number of tasks whose state is being restored here. Absent: the loop does not run here. */
  restoring?(): number;
  close(): Promise<void>;
}

/**
 * Connects and runs the loop with the ticker, the reports, the schedules, the retention and the server of metrics.
 * Waits for brokers and a registry that are not there yet. `undefined`: the signal came first.
 */
export async function start(options: StartOptions): Promise<Place | undefined> {
  const { settings, log, metrics = createMetrics(), serve, signal = new AbortController().signal } = options;
  const outages = new Outages(log, metrics);
  const server = serve === undefined ? undefined : await serveMetrics(metrics, serve);
  if (server !== undefined) {
    const address = `http://${serve?.host ?? "127.0.0.1"}:${server.port}/metrics`;
    log.info({ address }, "metrics are served");
  }
  try {
    log.info(placeOf(settings), "connecting");
    const attempt = (): Promise<Place> => open({ ...options, metrics }, outages);
    const opening = patiently(outages.of("start"), signal, attempt, options.patienceMs);
    const opened = await unlessAborted(opening, signal);
    if (opened !== undefined) return withServer(opened, server);
    void opening.then(
      (late) => late?.close(),
      () => undefined,
    );
  } catch (error) {
    await server?.close();
    throw error;
  }
  await server?.close();
  return undefined;
}

const withServer = (place: Place, server: Awaited<ReturnType<typeof serveMetrics>> | undefined): Place => ({
  ...place,
  async close() {
    await place.close().finally(() => server?.close());
  },
});

/** For log lines; it holds no password. */
function placeOf({ brokers, registry, dir }: Settings): object {
  return brokers.length === 0 ? { dir } : { brokers: brokers.map(shownAddress), registry: shownAddress(registry!) };
}

/** A client alone makes no folder: in a mistyped one it would wait for a loop that never comes. */
async function checkFolder(dir: string): Promise<void> {
  const advice = "check the path, or start the loop there first";
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new SettingsError(`dir ${dir}: there is no such folder; ${advice}`, error);
    if (error.code === "ENOTDIR") throw new SettingsError(`dir ${dir}: that is no folder; ${advice}`, error);
    return [] as string[];
  });
  // An empty one may be about to be the loop's.
  if (names.length === 0 || names.includes("log")) return;
  throw new SettingsError(`dir ${dir}: there is no log in this folder; ${advice}`);
}

/** One attempt. If it fails, everything opened so far is closed again. */
async function open(options: StartOptions, outages: Outages): Promise<Place> {
  const { settings, log, run = "always" } = options;
  if (run === "never" && settings.brokers.length === 0) await checkFolder(settings.dir);
  const connection = await connect(settings, { outages, log, join: run === "never" });
  try {
    if (connection.shared && run === "always") throw openElsewhere(settings.dir);
    const runsHere = run === "always" || (run === "free" && !connection.shared);
    return runsHere ? await runLoop(connection, options, outages) : await openBeside(connection, settings);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

async function runLoop(connection: Connection, options: StartOptions, outages: Outages): Promise<Place> {
  const { settings, log, metrics, onFailure, schedules = true } = options;
  const restoring = new Restoring();
  const { onRestore: report = restoreReport((line, text) => log.info(line, text)) } = options;
  const loop = await startLoop({
    ...loopOptions(settings, connection, "live"),
    ...{ log, outages },
    metrics,
    onFailure,
    onRestore(progress) {
      restoring.note(progress);
      report(progress);
    },
  });
  const promotions = startPromotions(loop, ({ useCase, blueprintVersion: version, figures, message }) =>
    log.info({ useCase, version, ...figures }, `promotion proposed: ${message}`),
  );
  const ladder = startLadder(loop, ({ model, from, to, reason }) => {
    const line = { useCase: model.useCase, model: model.modelId, from: stateText(from) };
    if (to === "withdrawn") log.warn(line, reason);
    else log.info(line, `now ${stateText(model.states.at(-1)!)}: ${reason}`);
  });
  const beside: Running[] = [startTicker(loop), startReports(loop), startRetention(loop), promotions, ladder];
  if (schedules) {
    const onTrained: ScheduleOptions["onTrained"] = (result) => log.info(result, "trained");
    const leadMs = moveLeadMs(loop.backbone);
    beside.push(startSchedules({ ...loop, trainings: trainingsWith(loop) }, { onTrained, leadMs }));
  }
  return {
    ...{ connection, loop, tools: loop },
    restoring: () => restoring.count,
    async close() {
      await Promise.all(beside.map((running) => running.close()));
      await loop.close().finally(() => connection.close());
    },
  };
}

async function openBeside(connection: Connection, settings: Settings): Promise<Place> {
  const tools = await openTools(loopOptions(settings, connection, "live"));
  return {
    ...{ connection, tools, loop: undefined },
    async close() {
      await tools.close().finally(() => connection.close());
    },
  };
}

/**
 * The loop alone, for history: nothing runs beside it. Rejects with `BACKBONE_LOCKED` if another process has the
 * embedded log open.
 */
export async function startAlone(
  settings: Settings,
  connection: Connection,
  mode: LoopMode,
  more: Pick<LoopOptions, "log" | "outages" | "onFailure"> = {},
): Promise<Loop> {
  if (connection.shared) throw openElsewhere(settings.dir);
  return startLoop({ ...loopOptions(settings, connection, mode), ...more });
}

const openElsewhere = (dir: string): StreamsError =>
  new StreamsError("BACKBONE_LOCKED", `${dir} is open in another process: stop that one first, or use another --dir`);
