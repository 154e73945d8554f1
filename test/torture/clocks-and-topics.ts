import { setTimeout as sleep } from "node:timers/promises";
import { clock, decisionRequests, events, observations } from "../../schemas/index.ts";
import { ensureTopic, Serdes } from "../../streams/index.ts";
import { baseOf } from "./bases.ts";
import { PARTITIONS, type TorturePlace, type Trial } from "./place.ts";

const HOUR = 3_600_000;
const DATED = [clock, events, observations, decisionRequests];
const AHEAD = [3 * HOUR, Date.UTC(3000, 0, 1) - Date.now()];
const EACH = 20;
const CLOCK_AHEAD_MS = 72 * HOUR;

/** Wrong clocks, and topics that move; topics are given partitions last, since they keep them. */
export function clockTrials(place: TorturePlace, mostMs: number, random: () => number): readonly Trial[] {
  const { loop } = place;
  return [
    { name: "records dated ahead", befall: () => writeAhead(place, random) },
    {
      name: "the host's clock 3 days ahead",
      async befall() {
        await loop.kill();
        await loop.start({ clockAheadMs: CLOCK_AHEAD_MS });
        await sleep(mostMs);
        await loop.kill();
      },
    },
  ];
}

export function movingTrials(place: TorturePlace): readonly Trial[] {
  const { makeAnew } = place;
  return [
    ...(makeAnew === undefined
      ? []
      : [{ name: `${events.name} deleted and made anew`, befall: () => makeAnew(events.name, PARTITIONS) }]),
    {
      name: `${decisionRequests.name} given a partition`,
      async befall() {
        const { backbone, close } = await place.open();
        const count = (await backbone.partitions(decisionRequests.name))!;
        await backbone.grow(decisionRequests.name, count + 1);
        await close();
      },
    },
  ];
}

/** Of each topic some records of hours, and of centuries, from now. A broker may refuse them. */
async function writeAhead(place: TorturePlace, random: () => number): Promise<void> {
  const { backbone, registry, close } = await place.open();
  const serdes = new Serdes(registry);
  const producer = await backbone.producer();
  let n = 0;
  for (const topic of DATED) {
    await ensureTopic(topic, backbone, serdes, PARTITIONS);
    for (const aheadMs of AHEAD) {
      for (let i = 0; i < EACH; i++) {
        const { record } = await baseOf(n++, random, backbone, serdes, topic.name);
        await producer.send([{ ...record, timestamp: Date.now() + aheadMs }]).catch(() => undefined);
      }
    }
  }
  await producer.close();
  await close();
}
