import type { Micros } from "./report.ts";

/** Work for some decisions, which can be done any number of times. */
export interface Pass {
  readonly decisions: number;
  readonly run: () => Promise<void>;
}

export interface Rounds {
  readonly rounds: number;
  /** Processor time of a round at least, ms: passes are repeated up to it. */
  readonly roundMs: number;
}

/** Processor time of this process, user's and system's, since `before`, µs. */
const spentSince = (before: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(before);
  return user + system;
};

/** Processor time of one pass a decision, µs. */
export async function spentOnce({ decisions, run }: Pass): Promise<number> {
  const before = process.cpuUsage();
  await run();
  return spentSince(before) / decisions;
}

/**
 * Processor time of each pass a decision, after a warm-up of all. The rounds of all passes alternate, so a change of the machine's pace
 * meets all of them.
 */
export async function measure(all: readonly Pass[], { rounds, roundMs }: Rounds): Promise<readonly Micros[]> {
  const repeats: number[] = [];
  for (const one of all) repeats.push(await warmUp(one, roundMs));
  const found = all.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, { decisions, run }] of all.entries()) {
      const before = process.cpuUsage();
      for (let repeat = 0; repeat < repeats[at]!; repeat++) await run();
      found[at]!.push(spentSince(before) / (repeats[at]! * decisions));
    }
  }
  return found.map((each) => {
    const sorted = each.toSorted((a, b) => a - b);
    return { median: sorted[sorted.length >> 1]!, least: sorted[0]!, most: sorted.at(-1)! };
  });
}

/** Compiled code is fast after some thousand calls. */
const WARM_UP_ROUNDS = 5;
const WARM_UP_PASSES = 3;

/** @returns passes that fill a round. */
async function warmUp({ run }: Pass, roundMs: number): Promise<number> {
  const begun = process.cpuUsage();
  let last = 0;
  for (let passes = 0; passes < WARM_UP_PASSES || spentSince(begun) < WARM_UP_ROUNDS * roundMs * 1_000; passes++) {
    const before = process.cpuUsage();
    await run();
    last = spentSince(before);
  }
  return Math.max(1, Math.ceil((roundMs * 1_000) / Math.max(1, last)));
}
