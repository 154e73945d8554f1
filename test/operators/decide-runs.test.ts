import { expect, test } from "vitest";
import { parseBlueprint } from "../../blueprints/index.ts";
import { blueprintTable } from "../../catalogue/index.ts";
import { decide } from "../../operators/index.ts";
import { blueprints, deadLetters, decisionReplies, decisions, scored, type Scored } from "../../schemas/index.ts";
import { createTestDriver, defineTopology, replyHeaders } from "../../streams/index.ts";
import { seeded } from "../chaos/random.ts";
import { HOUR, PARCELS, published, request, START } from "./parcels.ts";

const KEPT = `${PARCELS}retention: { answers: 12h, repeats: 2d }\n`;
const { version } = parseBlueprint(KEPT);

interface Asked {
  readonly id: string;
  readonly time: number;
  readonly late: number;
}

/** What comes of these requests, handed over so many at a time. */
async function answersTo(all: readonly Asked[], atOnce: number) {
  const topology = defineTopology({ name: "t", operators: [decide("salt")], globals: [blueprintTable] });
  const driver = await createTestDriver(topology, { deadLetters, partitions: 1, start: START });
  await driver.input(blueprints).send(published(KEPT));
  for (let from = 0; from < all.length; from += atOnce) {
    const records = all.slice(from, from + atOnce).map(({ id, time, late }, at) => ({
      key: id,
      value: scoredOf(id, late),
      time,
      headers: replyHeaders(decisionReplies.name, 0, Buffer.from(`${from + at}`)),
    }));
    await driver.input(scored).send(...records);
  }
  const made = driver.output(decisions).readAll();
  const replies = driver.output(decisionReplies).readAll();
  await driver.close();
  return { made: made.map(({ value, time }) => ({ ...value, time })), replies: replies.map(({ value }) => value) };
}

function scoredOf(id: string, late: number): Scored {
  const enriched = {
    request: request(id, { weight: 20 }),
    blueprintVersion: version,
    features: [20, "air", null, null, null, null],
    error: null,
    misfits: null,
    options: [],
  };
  return { enriched, modelId: "m1", predictions: { late }, options: [] };
}

test.each([1, 2, 3])(
  "requests that come together get the answers of requests that come one by one, though timers wait for the end of a run (seed %i)",
  async (seed) => {
    const random = seeded(seed);
    const below = (end: number): number => Math.floor(random() * end);
    let time = START;
    const all = Array.from({ length: 400 }, (): Asked => {
      time += below(4) * HOUR;
      const behind = random() < 0.1 ? below(30) * HOUR : 0;
      return { id: `d${below(12)}`, time: Math.max(START, time - behind), late: below(100) / 100 };
    });
    const apart = await answersTo(all, 1);
    expect(apart.made.length).toBeGreaterThan(100);
    expect(apart.made.some(({ repeatOf }) => repeatOf !== null)).toBe(true);
    expect(apart.made.some(({ repeatOf }, at) => repeatOf === null && at > 12)).toBe(true);
    expect(apart.replies).toHaveLength(all.length);
    expect(await answersTo(all, 400)).toEqual(apart);
    expect(await answersTo(all, 37)).toEqual(apart);
  },
);
