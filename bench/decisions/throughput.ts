import type { Ground } from "./ground.ts";
import { cpuSeconds, machineSeconds, residentMiB } from "./measure.ts";
import type { Guarantee } from "./peer-options.ts";
import type { Peer } from "./peers.ts";
import { check, type Answers } from "./work/answers.ts";
import { replies } from "./work/topics.ts";

const PATIENCE_MS = 90_000;

/** Between two counts of readable replies. */
export interface Stretch {
  readonly replies: number;
  readonly perSecond: number;
  readonly cpuMicrosPerDecision: number;
  /** Of everything that ran: peer, broker and reader. The machine's processors over it are the most it can do. */
  readonly machineMicrosPerDecision: number;
}

export interface Throughput {
  /** From the first replies to as many as were asked for: the figure of a short run. */
  readonly first: Stretch;
  /** The second half of a backlog that is longer than that. */
  readonly warm?: Stretch;
  readonly residentMiB: number;
  readonly peakMiB: number;
}

export interface Backlog {
  readonly topic: string;
  /** Requests on it. */
  readonly total: number;
  /** How many of them count as a short run. */
  readonly first: number;
}

interface Mark {
  readonly at: number;
  readonly count: number;
  readonly cpu: number;
  readonly machine: number;
}

/**
 * Starts a peer on a backlog and counts the replies that a reader of committed records sees. The time before the first
 * replies (start, joining the group) belongs to no stretch. At the first mark the broker tells how many are readable,
 * and a stretch has the replies after it.
 */
export async function measureThroughput(
  ground: Ground,
  peer: Peer,
  guarantee: Guarantee,
  { topic: requests, first: wanted, total }: Backlog,
  flags: readonly string[] = [],
): Promise<Throughput> {
  const { backbone } = ground;
  const ends = await backbone.offsets([replies.name]);
  const readable = async (): Promise<number> => {
    const now = await backbone.offsets([replies.name]);
    return now.reduce((sum, { end, partition }) => sum + end - ends.find((at) => at.partition === partition)!.end, 0);
  };
  const reader = await backbone.reader(ends.map(({ topic, partition, end }) => ({ topic, partition, offset: end })));
  const started = await ground.start(peer, guarantee, requests, flags);
  const { pid, failure } = started.process;
  const mark = (count: number): Mark => ({
    at: performance.now(),
    count,
    cpu: cpuSeconds(pid),
    machine: machineSeconds(),
  });
  const answers: Answers = { seen: new Uint8Array(total), count: 0, wrong: 0 };
  let [start, short, half]: (Mark | undefined)[] = [];
  try {
    for (let heard = performance.now(); answers.count < total;) {
      const fetches = await reader.poll(1_000, 1 << 20);
      if (fetches.length > 0) heard = performance.now();
      const why = failure() ?? (performance.now() - heard > PATIENCE_MS ? "nothing came" : undefined);
      if (why !== undefined)
        throw new Error(`${peer.name} ${guarantee} stopped after ${answers.count} replies: ${why}`);
      for (const { records } of fetches) check(answers, records);
      if (fetches.length === 0) continue;
      start ??= mark(await readable());
      if (answers.count >= wanted) short ??= mark(answers.count);
      if (answers.count >= total / 2) half ??= mark(answers.count);
    }
    const last = mark(answers.count);
    if (answers.wrong > 0) throw new Error(`${peer.name} ${guarantee}: ${answers.wrong} replies are wrong or doubled`);
    const { now, peak } = residentMiB(pid);
    const warm = total > wanted ? { warm: between(half!, last) } : {};
    return { first: between(start!, short!), ...warm, residentMiB: now, peakMiB: peak };
  } finally {
    await reader.close();
    await started.end();
  }
}

function between(from: Mark, to: Mark): Stretch {
  const count = to.count - from.count;
  return {
    replies: count,
    perSecond: (count / (to.at - from.at)) * 1_000,
    cpuMicrosPerDecision: ((to.cpu - from.cpu) / count) * 1e6,
    machineMicrosPerDecision: ((to.machine - from.machine) / count) * 1e6,
  };
}
