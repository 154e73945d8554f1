import type { Ground } from "../decisions/ground.ts";
import { measureLatency, type LatencyOptions } from "../decisions/latency.ts";
import type { Contender } from "../decisions/peers.ts";
import { measureThroughput, type Backlog } from "../decisions/throughput.ts";
import { measureProduct, measureProductLatency } from "./measure-product.ts";
import type { PlaceName } from "./place.ts";
import { figures, type Figures, type Timed } from "./report.ts";
import { trainFor, type Trained } from "./trained.ts";
import { workOf, type Work, type WorkName } from "./works/index.ts";

export interface ProductOptions {
  readonly rounds: number;
  /** Of a backlog. */
  readonly decisions: number;
  readonly works: readonly WorkName[];
  readonly places: readonly PlaceName[];
  /** One run of each under Node's profiler: the main thread's time by room. */
  readonly profile: boolean;
  readonly latency: LatencyOptions | undefined;
}

interface Job {
  readonly who: string;
  readonly throughput: () => Promise<Omit<Figures, "who" | "round">>;
  readonly latency?: (name: string) => Promise<Timed["latency"]>;
}

export interface ProductResults {
  readonly figures: readonly Figures[];
  readonly timed: readonly Timed[];
}

/**
 * The product's own topology as `loopstream start` runs it, on brokers of its own and on the embedded log, in the same rounds as the benchmark's
 * operator and its peers on the ground. Each round begins with another one.
 */
export async function benchProduct(
  options: ProductOptions,
  ground: Ground,
  contenders: readonly Contender[],
  backlog: Backlog,
): Promise<ProductResults> {
  const jobs = contenders.map((contender) => peerJob(ground, contender, backlog, options.latency));
  for (const name of options.works) {
    const work = workOf(name);
    const trained = await trainFor(work);
    jobs.push(...options.places.map((place) => productJob(place, work, trained, options)));
  }
  const done: Figures[] = [];
  const timed: Timed[] = [];
  for (let round = 0; round < options.rounds; round++) {
    for (let at = 0; at < jobs.length; at++) {
      const { who, throughput, latency } = jobs[(at + round) % jobs.length]!;
      try {
        const run = { who, round, ...(await throughput()) };
        done.push(run);
        console.log(`round ${round + 1} ${who}: ${figures(run)}`);
        if (latency === undefined) continue;
        const all = await latency(`${who.replaceAll(" ", "-")}-${round}`);
        timed.push({ who, round, latency: all });
        for (const { rate, p99 } of all)
          console.log(`round ${round + 1} ${who} at ${rate}/s: p99 ${p99.toFixed(2)} ms`);
      } catch (error) {
        console.error(who, error);
      }
    }
  }
  return { figures: done, timed };
}

function peerJob(
  ground: Ground,
  { peer, guarantee }: Contender,
  backlog: Backlog,
  latency: LatencyOptions | undefined,
): Job {
  return {
    who: `${peer.name} ${guarantee}`,
    async throughput() {
      const { first, warm = first, residentMiB } = await measureThroughput(ground, peer, guarantee, backlog);
      const { perSecond, cpuMicrosPerDecision: warmMicros } = warm;
      return { perSecond, cpuMicros: first.cpuMicrosPerDecision, warmMicros, residentMiB };
    },
    ...(latency === undefined
      ? {}
      : { latency: (name: string) => measureLatency(ground, peer, guarantee, name, latency) }),
  };
}

function productJob(place: PlaceName, work: Work, trained: Trained, options: ProductOptions): Job {
  const { latency } = options;
  return {
    who: `${work.name} ${place}`,
    throughput: () => measureProduct(place, work, trained, options),
    // A whole life answers as its first part does.
    ...(latency === undefined || work.rows
      ? {}
      : { latency: () => measureProductLatency(place, work, trained, latency) }),
  };
}
