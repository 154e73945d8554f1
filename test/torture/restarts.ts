import { setTimeout as sleep } from "node:timers/promises";
import { seeded } from "../chaos/random.ts";
import { torturedTopics } from "./bases.ts";
import { clockTrials, movingTrials } from "./clocks-and-topics.ts";
import type { TorturePlace, Trial } from "./place.ts";
import { Traffic } from "./traffic.ts";
import { Writer } from "./writer.ts";

export interface RestartOptions {
  readonly seed: number;
  /** How often each fault is tried, with a plain restart before each. */
  readonly rounds: number;
  /** The decisions before anything is measured. */
  readonly before: number;
  /** The decisions before each restart, and those that are under way in each fault. */
  readonly decisions: number;
  /** The ill-treated records on each topic. */
  readonly poison: number;
  /** No fault lasts longer, ms. */
  readonly mostMs: number;
  /** Chooses faults by their names. */
  readonly only: (name: string) => boolean;
  readonly say: (line: string) => void;
}

/** No restart takes longer, however busy the machine: less than the session of a member that died, which nothing may wait for. */
export const MOST_RESTART_MS = 25_000;

/** A restart after a fault beside the plain one before it, on the same state but for the work and the fault in between. */
export interface Restart {
  readonly fault: string;
  /** From the start of the process until every partition has answered a request, ms. */
  readonly plainMs: number;
  readonly afterMs: number;
}

/** Does to the loop what each trial does, starts it again, and takes the time until it has answered; a plain stop and start is timed before each. */
export async function measureRestarts(place: TorturePlace, options: RestartOptions): Promise<readonly Restart[]> {
  const { rounds, before, decisions, say } = options;
  const traffic = new Traffic(place.open);
  const restarts: Restart[] = [];
  const start = async (): Promise<number> => {
    const [ms] = await Promise.all([traffic.untilAnswered(), place.loop.start()]);
    return ms;
  };
  try {
    await traffic.work(before);
    for (const { name, befall } of trials(place, options)) {
      if (!options.only(name)) continue;
      for (let round = 0; round < rounds; round++) {
        await traffic.work(decisions);
        await place.loop.stop();
        const plainMs = await start();
        const working = traffic.work(decisions);
        // It is awaited once the loop is there again; what goes wrong before ends this first.
        working.catch(() => undefined);
        await befall();
        if (place.loop.running) {
          await working;
          await place.loop.stop();
        }
        const afterMs = await start();
        await working;
        restarts.push({ fault: name, plainMs, afterMs });
        say(`${name}: ${(plainMs / 1_000).toFixed(2)} s, ${(afterMs / 1_000).toFixed(2)} s after it`);
      }
    }
    return restarts;
  } finally {
    await traffic.close();
  }
}

function trials(place: TorturePlace, options: RestartOptions): readonly Trial[] {
  const { loop } = place;
  const random = seeded(options.seed);
  const kill = (): Promise<void> => loop.kill();
  return [
    { name: "kill -9", befall: kill },
    {
      name: "kill -9 as it starts",
      async befall() {
        await loop.kill();
        const starting = loop.start().catch(() => undefined);
        await sleep(loop.starts.at(-1)! * (0.3 + 0.6 * random()));
        await loop.kill();
        await starting;
      },
    },
    ...place.faults
      .filter(({ name }) => name !== "kill -9")
      .flatMap(({ name, forMs, begin, end }): readonly Trial[] => {
        const lasts = Math.min(forMs, options.mostMs);
        return [
          {
            name,
            async befall() {
              await begin();
              await sleep(lasts);
              await end();
            },
          },
          {
            name: `${name}, killed in it`,
            async befall() {
              await begin();
              await sleep(lasts);
              await loop.kill();
              await end();
            },
          },
          {
            // What a start costs after it though the loop has seen nothing of it.
            name: `${name}, the loop stopped`,
            async befall() {
              await loop.stop();
              await begin();
              await sleep(lasts);
              await end();
            },
          },
        ];
      }),
    ...(place.damages ?? []).map(({ name, befall }): Trial => ({
      name,
      async befall() {
        await loop.kill();
        befall(random);
      },
    })),
    ...clockTrials(place, options.mostMs, random),
    ...torturedTopics.map(({ name }): Trial => ({
      name: `poison on ${name}`,
      async befall() {
        const writer = new Writer(place, random, name);
        await writer.write(options.poison);
        await writer.close();
      },
    })),
    ...movingTrials(place),
  ];
}
