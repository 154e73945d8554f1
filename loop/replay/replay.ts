import { join } from "node:path";
import {
  deadLetters,
  decisionRequests,
  decisions,
  events,
  liveDecisions,
  observations,
  REPLAYS,
  rowsTopicName,
} from "../../schemas/index.ts";
import {
  ensureTopic,
  Publisher,
  readRefused,
  readTable,
  Serdes,
  type Backbone,
  type Refused,
  type TopicDescription,
} from "../../streams/index.ts";
import { beginAnew } from "./begin-anew.ts";
import { newerRecords, type NewerRecords } from "./newer.ts";
import { ORPHAN_MS, planReplay, ReplayError, replayName, versionsOf } from "./plan.ts";
import type { ReplayOptions } from "./replay-options.ts";
import { APPLICATION, ReplayRun } from "./replay-run.ts";
import { besideLive, PROGRESS_KEY, replayProgress, type ReplayProgress } from "./replay-topics.ts";
import { summarizeReplay, type ReplayCounts } from "./replay-summary.ts";

export interface ReplayResult extends ReplayCounts {
  /** Its name: the prefix of its topics. */
  readonly replay: string;
  readonly useCase: string;
  readonly blueprintVersion: string | null;
  readonly rowsTopic: string;
  /** Decision times `[from, to)` of the records there were, ms. */
  readonly from: number;
  readonly to: number;
  /** Records later than the lateness allows: each was taken as soon as it was met. */
  readonly late: number;
  readonly seconds: number;
  /** Of this run, which may have continued a former one. */
  readonly decisionsPerSecond: number;
  /** Event time over wall time, of this run. */
  readonly timesLive: number;
  /** It continued a stopped run, or found a finished one. */
  readonly resumed: boolean;
  /** Features that could not be computed, each with the reason: their values are null, or counts of a part. */
  readonly missing: readonly string[];
  /** Records that came after its start and are not in it. Null: there are none. */
  readonly newer: NewerRecords | null;
}

/**
 * Makes the decisions of a request and their rows again, beside the live group, with the same operators over the
 * retained topics. The topics are shown in steps of event time. Each step first shows the inputs of decisions; once the
 * decisions are made, it shows the records that are joined with them. So every task meets its records in the order of
 * event time, whatever the number of partitions, the order of arrival, the pace or the restarts. Continues a former run
 * of the same request.
 * @returns `undefined` if the signal stopped it.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult | undefined> {
  const started = performance.now();
  const { backbone, registry, request, signal } = options;
  const serdes = new Serdes(registry, options.subjectPrefix);
  if (options.onUnreadable !== undefined) serdes.unreadable.listen(options.onUnreadable);
  await versionsOf(backbone, serdes, request);
  const name = await attemptName(backbone, replayName(request), options.fresh === true);
  const rowsTopic = request.into ?? `${REPLAYS}${name}-${rowsTopicName(request.useCase)}`;
  const side = besideLive(backbone, `${REPLAYS}${name}-`, { rows: { useCase: request.useCase, topic: rowsTopic } });
  const partitions = (await side.partitions(observations.name)) ?? options.partitions;
  const former = await readProgress(side, serdes);
  checkTopics(await side.describe(shownTopics), request.blueprintVersion !== undefined, former);
  if (former === undefined)
    await beginAnew(side, { groupId: APPLICATION, topics: shownTopics, stateDir: join(options.dir, name) });
  const publisher = await Publisher.open(side, serdes, partitions);
  try {
    const refused = await readRefused(backbone, serdes, deadLetters, WITH_TIMES);
    const progress = former ?? (await firstProgress(side, serdes, options, rowsTopic, refused));
    await ensureTopic(replayProgress, side, serdes, partitions);
    await ensureTopic(decisions, side, serdes, partitions);
    const run = new ReplayRun({ options, refused, side, serdes, publisher, partitions, name, progress });
    const done = progress.finished ? { requests: 0, from: 0, until: 0 } : await run.run();
    if (signal?.aborted === true && done === undefined) return undefined;
    const seconds = (performance.now() - started) / 1_000;
    const versions = await versionsOf(side, serdes, request);
    const counts = await summarizeReplay(side, serdes, versions, progress);
    const ttlMs = Math.max(...versions.map(({ blueprint }) => blueprint.join.ttlMs));
    const newer = former && (await newerRecords(side, serdes, request, former, ttlMs, refused));
    return {
      replay: `${REPLAYS}${name}`,
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
      missing: progress.missing,
      newer: newer ?? null,
    };
  } finally {
    await publisher.close();
  }
}

/** Topics from which the live loop refuses records that lie ahead. */
const WITH_TIMES = [decisionRequests.name, observations.name, events.name];

/** The newest existing attempt, or with `fresh` the one after it. */
async function attemptName(backbone: Backbone, name: string, fresh: boolean): Promise<string> {
  const topics = new Set(await backbone.topics());
  let attempt = 1;
  while (topics.has(`${REPLAYS}${name}-${attempt + 1}-${replayProgress.name}`)) attempt++;
  const there = topics.has(`${REPLAYS}${name}-${attempt}-${replayProgress.name}`);
  return `${name}-${fresh && there ? attempt + 1 : attempt}`;
}

const shownTopics = [decisionRequests.name, observations.name, events.name, liveDecisions.name];

/** Marks belong to topics, not to names; and topics to be joined need the same number of partitions. */
function checkTopics(now: readonly TopicDescription[], restates: boolean, former: ReplayProgress | undefined): void {
  const other = now.find(({ topic, topicId }) => {
    const before = former?.topicIds[topic];
    return topicId !== undefined && before !== undefined && before !== topicId;
  });
  if (other !== undefined && former?.finished === false) {
    throw new ReplayError(
      `${other.topic} was deleted and made anew since this replay began: --fresh begins it again with the present records`,
    );
  }
  const joined = now.filter(({ topic }) => topic === observations.name || (restates && topic === liveDecisions.name));
  if (joined.some(({ partitions }) => partitions !== joined[0]!.partitions)) {
    const listed = joined.map(({ topic, partitions }) => `${topic} has ${partitions} partitions`).join(", ");
    const most = Math.max(...joined.map(({ partitions }) => partitions));
    throw new ReplayError(`${listed}: run loopstream topics repartition --partitions ${most} first`);
  }
}

async function readProgress(side: Backbone, serdes: Serdes): Promise<ReplayProgress | undefined> {
  if ((await side.partitions(replayProgress.name)) === undefined) return undefined;
  return (await readTable(side, serdes, replayProgress)).get(PROGRESS_KEY);
}

async function firstProgress(
  side: Backbone,
  serdes: Serdes,
  { request, latenessMs, stepMs, incomplete, pacing }: ReplayOptions,
  rowsTopic: string,
  refused: Refused,
): Promise<ReplayProgress> {
  const { from, to, requests, horizon, windowMs, missing } = await planReplay(side, serdes, request, refused, pacing);
  if (missing.length > 0 && incomplete !== true) {
    const all = missing.map((line) => `\n  ${line}`).join("");
    throw new ReplayError(
      `features can't be computed from the records on the topics:${all}\n--incomplete computes them from the records there are, and says so`,
    );
  }
  const described = await side.describe(shownTopics);
  const ids = described.flatMap(({ topic, topicId }) => (topicId === undefined ? [] : [[topic, topicId] as const]));
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
    topicIds: Object.fromEntries(ids),
    missing,
  };
}
