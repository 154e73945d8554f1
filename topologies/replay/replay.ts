import { rm } from "node:fs/promises";
import { join } from "node:path";
import {
  clock,
  deadLetters,
  decisionRequests,
  decisions,
  events,
  liveDecisions,
  observations,
  rowsTopicName,
} from "../../schemas/index.ts";
import {
  Application,
  createLevelEngine,
  createRocksEngine,
  ensureTopic,
  Publisher,
  readTable,
  Serdes,
  Stepped,
  type Backbone,
  type LaneMark,
  type SteppedSource,
} from "../../streams/index.ts";
import { ScorerCache } from "../../trainer/index.ts";
import { decisionTopology } from "../decision-topology.ts";
import type { LoopOptions } from "../loop.ts";
import { ORPHAN_MS, planReplay, replayName, versionsOf, type ReplayRequest } from "./plan.ts";
import { besideLive, replayProgress, type ReplayProgress } from "./replay-topics.ts";
import { summarizeReplay, type ReplayCounts } from "./replay-summary.ts";

export interface ReplayOptions extends Pick<
  LoopOptions,
  "backbone" | "registry" | "subjectPrefix" | "stateEngine" | "partitions" | "commitIntervalMs" | "salt"
> {
  readonly request: ReplayRequest;
  /** A folder for the state of this and other replays. */
  readonly dir: string;
  /** Event time that is shown at once, ms. It changes how much is held in memory, and no row. */
  readonly stepMs: number;
  /** How far, in ms of event time, a record may come behind a newer one of its partition and still be taken in its order. */
  readonly latenessMs: number;
  /** Start over, in topics of a new name, whether or not a former run was finished. */
  readonly fresh?: boolean;
  readonly onStep?: (step: ReplayStep) => void;
  /** Awaited after each step with the milliseconds it took: to make room for others. */
  readonly pause?: (stepMs: number) => Promise<void>;
  readonly signal?: AbortSignal;
}

export interface ReplayStep {
  /** Event time it has come to, ms. */
  readonly until: number;
  /** Requests handled in all, of `total`. */
  readonly requests: number;
  readonly total: number;
}

export interface ReplayResult extends ReplayCounts {
  /** Names it: the prefix of its topics. */
  readonly replay: string;
  readonly useCase: string;
  readonly blueprintVersion: string | null;
  readonly rowsTopic: string;
  /** Decision times `[from, to)` that there were, ms. */
  readonly from: number;
  readonly to: number;
  /** Records that came later than the lateness allows: each was taken as soon as it was met. */
  readonly late: number;
  readonly seconds: number;
  /** Of this run, which may have gone on with a former one. */
  readonly decisionsPerSecond: number;
  /** Event time over wall time, of this run. */
  readonly timesLive: number;
  /** It went on with a run that was stopped, or had been finished. */
  readonly resumed: boolean;
}

const PREFIX = "replay-";

/**
 * Makes the decisions of a request again, beside the live group, with the same operators over the retained topics, and their rows. The topics are
 * shown in steps of event time: in each first what decisions are made from, then, when they are made, what is joined with them. So every task
 * meets its records in the order of event time, whatever the number of partitions, the order of arrival, the pace or the restarts.
 * Goes on with a former run of the same request. @returns `undefined` when the signal stopped it.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult | undefined> {
  const started = performance.now();
  const { backbone, registry, request, signal } = options;
  const serdes = new Serdes(registry, options.subjectPrefix);
  await versionsOf(backbone, serdes, request);
  const name = await attemptName(backbone, replayName(request), options.fresh === true);
  const rowsTopic = request.into ?? `${PREFIX}${name}-${rowsTopicName(request.useCase)}`;
  const side = besideLive(backbone, `${PREFIX}${name}-`, { useCase: request.useCase, topic: rowsTopic });
  const partitions = (await side.partitions(observations.name)) ?? options.partitions;
  const former = await readProgress(side, serdes);
  const publisher = await Publisher.open(side, serdes, partitions);
  try {
    const progress = former ?? (await firstProgress(side, serdes, options, rowsTopic));
    await ensureTopic(replayProgress, side, serdes, partitions);
    await ensureTopic(decisions, side, serdes, partitions);
    const run = new ReplayRun({ options, side, serdes, publisher, partitions, name, progress });
    const done = progress.finished ? { requests: 0, from: 0, until: 0 } : await run.run();
    if (signal?.aborted === true && done === undefined) return undefined;
    const seconds = (performance.now() - started) / 1_000;
    const versions = await versionsOf(side, serdes, request);
    const counts = await summarizeReplay(side, serdes, versions, progress);
    return {
      replay: `${PREFIX}${name}`,
      useCase: request.useCase,
      blueprintVersion: request.blueprintVersion ?? null,
      rowsTopic,
      from: progress.from,
      to: progress.to,
      ...counts,
      late: run.late,
      seconds: Math.round(seconds * 10) / 10,
      decisionsPerSecond: Math.round(done!.requests / seconds),
      timesLive: Math.round((done!.until - done!.from) / 1_000 / seconds),
      resumed: former !== undefined,
    };
  } finally {
    await publisher.close();
  }
}

/** The newest attempt that there is, or with `fresh` the one after it. */
async function attemptName(backbone: Backbone, name: string, fresh: boolean): Promise<string> {
  const topics = new Set(await backbone.topics());
  let attempt = 1;
  while (topics.has(`${PREFIX}${name}-${attempt + 1}-${replayProgress.name}`)) attempt++;
  const there = topics.has(`${PREFIX}${name}-${attempt}-${replayProgress.name}`);
  return `${name}-${fresh && there ? attempt + 1 : attempt}`;
}

async function readProgress(side: Backbone, serdes: Serdes): Promise<ReplayProgress | undefined> {
  if ((await side.partitions(replayProgress.name)) === undefined) return undefined;
  return (await readTable(side, serdes, replayProgress)).get(PROGRESS_KEY);
}

const PROGRESS_KEY = "progress";

async function firstProgress(
  side: Backbone,
  serdes: Serdes,
  { request, latenessMs, stepMs }: ReplayOptions,
  rowsTopic: string,
): Promise<ReplayProgress> {
  const { from, to, requests, horizon, windowMs } = await planReplay(side, serdes, request);
  const lookBack = from - Math.max(ORPHAN_MS, windowMs + latenessMs);
  return {
    useCase: request.useCase,
    blueprintVersion: request.blueprintVersion ?? null,
    rowsTopic,
    from,
    to,
    requests,
    horizon,
    latenessMs,
    stepMs,
    until: Math.floor(lookBack / stepMs) * stepMs,
    lookBackMs: from - lookBack,
    finished: false,
    late: 0,
    shown: 0,
    marks: [],
    eventMarks: [],
  };
}

interface RunParts {
  readonly options: ReplayOptions;
  readonly side: Backbone;
  readonly serdes: Serdes;
  readonly publisher: Publisher;
  readonly partitions: number;
  readonly name: string;
  readonly progress: ReplayProgress;
}

interface EventMark {
  readonly until: number;
  readonly marks: readonly LaneMark[];
}

/** What decisions are made from, and what is joined with them. */
const FIRST = [events.name, decisionRequests.name];
const THEN = [liveDecisions.name, decisions.name, observations.name];

/** One run, from where the one before was stopped to the end. */
class ReplayRun {
  readonly #parts: RunParts;
  readonly #stateDir: string;
  #eventMarks: EventMark[];
  #progress: ReplayProgress;

  constructor(parts: RunParts) {
    this.#parts = parts;
    this.#progress = parts.progress;
    this.#stateDir = join(parts.options.dir, parts.name);
    const { until, eventMarks } = parts.progress;
    this.#eventMarks = eventMarks.length === 0 ? [] : [{ until, marks: eventMarks }];
  }

  get late(): number {
    return this.#progress.late;
  }

  /** @returns `undefined` when the signal stopped it. */
  async run(): Promise<{ readonly requests: number; readonly from: number; readonly until: number } | undefined> {
    const { side, serdes, progress, options } = this.#parts;
    const { marks, eventMarks, latenessMs } = progress;
    const stepped = await Stepped.open({
      backbone: side,
      sources: this.#sources(),
      latenessMs,
      ...(marks.length === 0 ? {} : { marks: [...marks.filter(({ topic }) => topic !== events.name), ...eventMarks] }),
    });
    // What windows look back on is read again from the topic: its place in a former run's folder says nothing here.
    await rm(join(this.#stateDir, "globals"), { recursive: true, force: true });
    const scorers = new ScorerCache(options.backbone, serdes);
    let failed: (error: unknown) => void = () => undefined;
    const failure = new Promise<never>((_, reject) => (failed = reject));
    failure.catch(() => undefined);
    const application = this.#application(stepped, scorers, (error) => failed(error));
    try {
      await application.start();
      const finished = await Promise.race([this.#steps(stepped, application), failure]);
      if (!finished) return undefined;
    } finally {
      await application.close();
      await stepped.close();
      await scorers.close();
    }
    await this.#save({ ...this.#progress, finished: true });
    await rm(this.#stateDir, { recursive: true, force: true });
    return {
      requests: this.#progress.shown - progress.shown,
      from: Math.max(progress.from, progress.until),
      until: progress.horizon,
    };
  }

  #sources(): readonly SteppedSource[] {
    const { from, to, horizon, blueprintVersion, lookBackMs } = this.#parts.progress;
    return [
      { topic: events.name, from: from - lookBackMs, to },
      { topic: decisionRequests.name, from, to },
      { topic: decisions.name, growing: true },
      { topic: observations.name, from: from - ORPHAN_MS, to: horizon },
      ...(blueprintVersion === null ? [] : [{ topic: liveDecisions.name, from, to }]),
    ];
  }

  #application(stepped: Stepped, scorers: ScorerCache, onFailure: (error: unknown) => void): Application {
    const { options, serdes, partitions, progress } = this.#parts;
    const { useCase, from, to, blueprintVersion } = progress;
    return new Application({
      id: "loop",
      topology: decisionTopology({
        name: "loop",
        scorers: (model) => scorers.get(model),
        salt: options.salt,
        scope: { useCase, from, to, ...(blueprintVersion === null ? {} : { blueprintVersion }) },
      }),
      backbone: stepped.backbone,
      serdes,
      engine: options.stateEngine === "rocksdb" ? createRocksEngine(this.#stateDir) : createLevelEngine(this.#stateDir),
      deadLetters,
      partitions,
      delivery: "exactlyOnce",
      commitIntervalMs: options.commitIntervalMs,
      maxTaskIdleMs: Number.POSITIVE_INFINITY,
      onFailure,
    });
  }

  async #steps(stepped: Stepped, application: Application): Promise<boolean> {
    const { options, progress, publisher } = this.#parts;
    const { horizon, stepMs, requests: total } = progress;
    // A former run was stopped after this: the events before are shown again, to nobody but the windows.
    if (progress.eventMarks.length > 0) {
      await stepped.show([events.name], progress.until);
      await application.idle();
    }
    while (this.#progress.until < horizon) {
      if (options.signal?.aborted === true) return false;
      const started = performance.now();
      const until = Math.min(horizon, (Math.floor(this.#progress.until / stepMs) + 1) * stepMs);
      const shown = await this.#showFirst(stepped, until);
      if (shown.any > 0) await application.idle();
      const joined = await stepped.show(THEN, until);
      await publisher.publish([{ topic: clock, key: "clock", value: { time: until }, time: until, partition: 0 }]);
      stepped.wake();
      if (joined > 0 || until === horizon) await application.idle();
      await this.#settle(stepped, until, shown.requests);
      options.onStep?.({ until, requests: this.#progress.shown, total });
      await options.pause?.(performance.now() - started);
    }
    return true;
  }

  async #showFirst(stepped: Stepped, until: number): Promise<{ readonly any: number; readonly requests: number }> {
    const [eventTopic, requestTopic] = FIRST as [string, string];
    const seen = await stepped.show([eventTopic], until);
    const requests = await stepped.show([requestTopic], until);
    return { any: seen + requests, requests };
  }

  async #settle(stepped: Stepped, until: number, requests: number): Promise<void> {
    const { progress } = this.#parts;
    const marks = stepped.settle();
    const known = this.#eventMarks;
    known.push({ until, marks: marks.filter(({ topic }) => topic === events.name) });
    while (known.length > 1 && known[1]!.until <= until - progress.lookBackMs) known.shift();
    const { shown } = this.#progress;
    await this.#save({
      ...this.#progress,
      until,
      shown: shown + requests,
      late: progress.late + stepped.late,
      marks,
      eventMarks: known[0]!.marks,
    });
  }

  async #save(value: ReplayProgress): Promise<void> {
    this.#progress = value;
    const { publisher } = this.#parts;
    await publisher.publish([{ topic: replayProgress, key: PROGRESS_KEY, value, time: value.until, partition: 0 }]);
  }
}
