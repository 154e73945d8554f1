import { beforeEach, expect, test } from "vitest";
import { BESIDE_LIVE, courtesy } from "../../loop/index.ts";

let time = 0;
let end = 0;
beforeEach(() => {
  time = end = 0;
});
const clock = {
  now: () => time,
  sleep(ms: number) {
    time += ms;
    return Promise.resolve();
  },
};
const backbone = {
  offsets: (topics: readonly string[]) =>
    Promise.resolve(topics.map((topic) => ({ topic, partition: 0, start: 0, end }))),
};

/** Milliseconds of rest after so much work. */
async function restAfter(pacing: ReturnType<typeof courtesy>, workedMs: number): Promise<number> {
  time += workedMs;
  const started = time;
  await pacing.rest(workedMs);
  return time - started;
}

test("a share is kept to, with rests in proportion to the work", async () => {
  const pacing = courtesy(backbone, { ...clock, share: 0.25 });
  expect(await restAfter(pacing, 100)).toBeCloseTo(300, -1);
  expect(await restAfter(pacing, 10)).toBeCloseTo(30, -1);
  expect(await restAfter(courtesy(backbone, { ...clock, share: 1 }), 100)).toBe(0);
});

test("without one it rests while requests come in, and works all the time once they stop", async () => {
  const beside = 100 / BESIDE_LIVE - 100;
  const pacing = courtesy(backbone, clock);
  expect(await restAfter(pacing, 100)).toBeCloseTo(beside, -1);
  end++;
  expect(await restAfter(pacing, 100)).toBeCloseTo(beside, -1);
  time += 20_000;
  expect(await restAfter(pacing, 100)).toBe(0);
  expect(await restAfter(pacing, 100)).toBe(0);
  end++;
  time += 2_000;
  expect(await restAfter(pacing, 100)).toBeCloseTo(beside, -1);
});

test("with nobody asking it rests only until it has looked twice", async () => {
  const pacing = courtesy(backbone, clock);
  expect(await restAfter(pacing, 100)).toBeGreaterThan(1_000);
  expect(await restAfter(pacing, 100)).toBe(0);
});
