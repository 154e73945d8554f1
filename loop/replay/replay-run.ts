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
} from "../../schemas/index.ts";
import {
  Application,
  Stepped,
  namedKeys,
  type Backbone,
  type LaneMark,
  type Publisher,
  type Refused,
  type Serdes,
  type StateEngine,
  type SteppedSource,
  type Topology,
} from "../../streams/index.ts";
import { ScorerCache } from "../../serving/index.ts";
import { decisionTopology } from "../../topologies/index.ts";
import { stateEngineFor } from "../state-engine.ts";
import { lastTick, ORPHAN_MS } from "./plan.ts";
import type { ReplayOptions } from "./replay-options.ts";
import { PROGRESS_KEY, replayProgress, type ReplayProgress } from "./replay-topics.ts";

export interface RunParts {
  readonly options: ReplayOptions;
  /** Records that the live loop refused for their time. */
  readonly refused: Refused;
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

/** Name of its group, its changelogs and its producers, behind the replay's prefix. */
export const APPLICATION = "loop";
const LAST_KEY = "\u{10ffff}";

/** The inputs of decisions come first; the records that are joined with them follow. */
const FIRST = [events.name, decisionRequests.name];
const THEN = [liveDecisions.name, observations.name];

/** One run, from the stop of the run before to the end. */
export class ReplayRun {
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

  /** @returns `undefined` if the signal stopped it. */
  async run(): Promise<{ readonly requests: number; readonly from: number; readonly until: number } | undefined> {
    const { side, serdes, progress, options } = this.#parts;
    const { marks, eventMarks, latenessMs } = progress;
    const scorers = new ScorerCache(options.backbone, serdes);
    const topology = this.#topologyOf(scorers);
    const engine = this.#engineFor(topology);
    await forgetEvents(engine);
    const stepped = await Stepped.open({
      backbone: side,
      sources: this.#sources(),
      latenessMs,
      refused: this.#parts.refused,
      pacing: options.pacing,
      ...(marks.length === 0 ? {} : { marks: [...marks.filter(({ topic }) => topic !== events.name), ...eventMarks] }),
    });
    let failed: (error: unknown) => void = () => undefined;
    const failure = new Promise<never>((_, reject) => (failed = reject));
    failure.catch(() => undefined);
    // Not only between steps: one of them may take minutes beside a live loop.
    const stopped = new Promise<false>((resolve) => {
      const { signal } = options;
      if (signal?.aborted === true) resolve(false);
      else signal?.addEventListener("abort", () => resolve(false), { once: true });
    });
    const application = this.#application(stepped, topology, engine, (error) => failed(error));
    try {
      await application.start();
      const steps = this.#steps(stepped, application);
      steps.catch(() => undefined);
      const finished = await Promise.race([steps, failure, stopped]);
      if (!finished) return undefined;
    } finally {
      const closing = application.close();
      stepped.wake();
      await closing;
      await stepped.close();
      await scorers.close();
    }
    await this.#awaitCommitted(topology);
    await this.#save({ ...this.#progress, finished: true });
    await rm(this.#stateDir, { recursive: true, force: true });
    return {
      requests: this.#progress.shown - progress.shown,
      from: Math.max(progress.from, progress.until),
      until: progress.horizon,
    };
  }

  /** On Kafka a commit returns before readers see its records. Opening its producer again waits for them. */
  async #awaitCommitted({ subTopologies }: Topology): Promise<void> {
    const { side } = this.#parts;
    if (side.kind === "embedded") return;
    for (const { name, sources } of subTopologies) {
      const count = (await side.partitions(sources[0]!.name))!;
      for (let partition = 0; partition < count; partition++) {
        const producer = await side.producer({ transactionalId: `${APPLICATION}-${name}/${partition}` });
        await producer.close();
      }
    }
  }

  #engineFor(topology: Topology): StateEngine {
    const { options, partitions } = this.#parts;
    return options.engine ?? stateEngineFor(topology, partitions, { ...options, stateDir: this.#stateDir });
  }

  #sources(): readonly SteppedSource[] {
    const { serdes, progress } = this.#parts;
    const { from, to, horizon, blueprintVersion, lookBackMs } = progress;
    return [
      { topic: events.name, from: from - lookBackMs, to },
      { topic: decisionRequests.name, from, to, keyOf: namedKeys(serdes, decisionRequests) },
      { topic: decisions.name, growing: true },
      {
        ...{ topic: observations.name, from: from - ORPHAN_MS, to: horizon, placed: true },
        keyOf: namedKeys(serdes, observations),
      },
      ...(blueprintVersion === null ? [] : [{ topic: liveDecisions.name, from, to }]),
    ];
  }

  #topologyOf(scorers: ScorerCache): Topology {
    const { options, progress } = this.#parts;
    const { useCase, from, to, blueprintVersion } = progress;
    return decisionTopology({
      name: APPLICATION,
      scorers: (model) => scorers.get(model),
      salt: options.salt,
      statistics: options.statistics === true,
      scope: { useCase, from, to, ...(blueprintVersion === null ? {} : { blueprintVersion }) },
    });
  }

  #application(
    stepped: Stepped,
    topology: Topology,
    engine: StateEngine,
    onFailure: (error: unknown) => void,
  ): Application {
    const { options, serdes, partitions } = this.#parts;
    return new Application({
      id: APPLICATION,
      topology,
      backbone: stepped.backbone,
      serdes,
      engine,
      deadLetters,
      partitions,
      delivery: "exactlyOnce",
      commitIntervalMs: options.commitIntervalMs,
      maxTaskIdleMs: Number.POSITIVE_INFINITY,
      history: true,
      onFailure,
      outages: options.outages,
    });
  }

  async #steps(stepped: Stepped, application: Application): Promise<boolean> {
    const { options, progress, publisher } = this.#parts;
    const { horizon, stepMs, requests: total } = progress;
    // Settled before anything is shown: the events for the first windows are read again from here.
    if (this.#eventMarks.length === 0)
      this.#eventMarks.push({ until: progress.until, marks: eventMarksIn(stepped.settle()) });
    // A former run was stopped after this point: the earlier events are shown again, for the windows alone.
    if (progress.eventMarks.length > 0) {
      await stepped.show([events.name], progress.until);
      await application.idle();
    }
    while (this.#progress.until < horizon) {
      if (options.signal?.aborted === true) return false;
      const until = Math.min(horizon, (Math.floor(this.#progress.until / stepMs) + 1) * stepMs);
      const shown = await this.#showFirst(stepped, until);
      if (shown.any > 0) await application.idle();
      const joined = await stepped.show(shown.requests > 0 ? [decisions.name, ...THEN] : THEN, until);
      if (shown.any + joined === 0 && until < horizon) {
        // History may have years without a record: they are passed in memory.
        this.#progress = { ...this.#progress, until };
        continue;
      }
      if (joined > 0) await application.idle();
      // Only now: after a crash the newest tick is read first, and timers must not fire ahead of records of their step.
      const time = until === horizon ? lastTick(progress) : until;
      await publisher.publish([{ topic: clock, key: "clock", value: { time }, time, partition: 0 }]);
      stepped.wake();
      if (until === horizon) await application.idle();
      await this.#settle(stepped, until, shown.requests);
      options.onStep?.({ until, requests: this.#progress.shown, total });
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
    known.push({ until, marks: eventMarksIn(marks) });
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

/** Events for the windows are read again from the topic. Rejects while another process makes this replay here. */
async function forgetEvents(engine: StateEngine): Promise<void> {
  const database = await engine.open("globals");
  await database.deleteRange("", LAST_KEY);
  await database.close();
}

const eventMarksIn = (marks: readonly LaneMark[]): readonly LaneMark[] =>
  marks.filter(({ topic }) => topic === events.name);
