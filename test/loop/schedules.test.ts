import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Outages, streamsLimits } from "../../streams/index.ts";
import { every } from "../../loop/running.ts";
import { startSchedules, type Scheduled } from "../../loop/schedules.ts";
import type { TrainResult } from "../../trainer/index.ts";
import { recordedLog } from "../streams/recorded-log.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const SECOND = 1_000;
const HOUR = 3_600_000;

test("a tick that can't be written is said at once, once a minute at the latest, and when it can again", async () => {
  const { log, lines } = recordedLog();
  let away = false;
  let ticks = 0;
  const ticker = every(SECOND, new Outages(log).of("ticker"), async () => {
    if (away) throw new Error("no broker answers");
    ticks++;
  });
  await vi.advanceTimersByTimeAsync(10 * SECOND);
  expect([ticks, lines.length]).toEqual([10, 0]);
  away = true;
  await vi.advanceTimersByTimeAsync(SECOND);
  expect(lines).toMatchObject([
    {
      level: "warn",
      message: expect.stringContaining("ticker: waiting and trying again: "),
      fields: { error: "no broker answers" },
    },
  ]);
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(lines.length).toBeGreaterThan(60);
  away = false;
  await vi.advanceTimersByTimeAsync(SECOND);
  expect(lines.at(-1)).toMatchObject({ level: "info", message: "ticker: goes on after 3601 s" });
  expect(ticks).toBe(11);
  await ticker.close();
});

test("what is done once an hour is tried again within a minute where it has failed", async () => {
  let attempts = 0;
  const running = every(HOUR, new Outages().of("retention"), async () => {
    if (++attempts < 4) throw new Error("no broker answers");
  });
  await vi.advanceTimersByTimeAsync(HOUR);
  expect(attempts).toBe(1);
  await vi.advanceTimersByTimeAsync(3 * 60 * SECOND);
  expect(attempts).toBe(4);
  await vi.advanceTimersByTimeAsync(HOUR - 5 * 60 * SECOND);
  expect(attempts).toBe(4);
  await running.close();
});

describe("trainings", () => {
  const MINUTE = 60 * SECOND;

  /** A loop whose trainer says what is due, and whose trainings are counted. */
  function loopWith(train: (useCase: string) => void, due: (useCase: string, now: number) => string | undefined) {
    const { log, lines } = recordedLog();
    const asked: (readonly [useCase: string, until: number])[] = [];
    const loop: Scheduled = {
      outages: new Outages(log),
      application: { now: () => Date.UTC(2026, 0, 1) + performance.now() },
      trainings: {
        useCases: async () => ["letters", "parcels"],
        due: async (useCase, now) => due(useCase, now),
        train: async ({ useCase, until }) => {
          asked.push([useCase, until]);
          train(useCase);
          return { kind: "tooFewRows", rows: 3, needed: 20, leftOut: [], treated: [] } as unknown as TrainResult;
        },
      },
    };
    return { loop, asked, lines };
  }

  test("a model counts the lead after the time at which it is published, not after that of its rows", async () => {
    const times: number[] = [];
    let now = 100;
    const trainings: Scheduled["trainings"] = {
      useCases: () => Promise.resolve(["parcels"]),
      due: () => Promise.resolve("schedule"),
      train(request) {
        now += 50;
        times.push(request.until, request.publishedAt!());
        return Promise.reject(new Error("enough"));
      },
    };
    const outages = new Outages();
    const loop: Scheduled = { outages, application: { now: () => now }, trainings };
    const running = startSchedules(loop, { onTrained: () => undefined, leadMs: 7 });
    await vi.advanceTimersByTimeAsync(15_000);
    await running.close();
    expect(times).toEqual([100, 157]);
  });

  test("what is due is trained up to the log's time, and what came of it is told", async () => {
    const told: unknown[] = [];
    let isDue = true;
    const { loop, asked } = loopWith(
      () => (isDue = false),
      (useCase) => (isDue && useCase === "parcels" ? "500 new rows" : undefined),
    );
    const running = startSchedules(loop, { onTrained: (result) => told.push(result) });
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    expect(asked).toEqual([["parcels", Date.UTC(2026, 0, 1) + 15 * SECOND]]);
    expect(told).toEqual([{ useCase: "parcels", reason: "500 new rows", outcome: "3 rows of 20" }]);
    await running.close();
  });

  test("what came of rows with weights is told with how unequal they are", async () => {
    const told: unknown[] = [];
    const { loop } = loopWith(
      () => undefined,
      () => "the clock",
    );
    const train = async (): Promise<TrainResult> =>
      ({
        ...{ kind: "trained", model: { modelId: "m", states: [{ reason: "better than a constant" }] } },
        ...{ weights: { effectiveRows: 286.4, largestShare: 0.00375 }, leftOut: [], treated: [] },
      }) as unknown as TrainResult;
    const trainings = { ...loop.trainings, train, useCases: async () => ["parcels"] };
    const running = startSchedules({ ...loop, trainings }, { onTrained: ({ outcome }) => told.push(outcome) });
    await vi.advanceTimersByTimeAsync(20 * SECOND);
    await running.close();
    expect(told).toEqual([
      "m: better than a constant; rows: by their weights they say as much as 286 equal ones, the heaviest is 0.38 % of all",
    ]);
  });

  test("one that fails is tried again later each time, an hour apart at the most, and does not hold up others", async () => {
    const { loop, asked, lines } = loopWith(
      (useCase) => {
        if (useCase === "letters") throw new Error("the rows can't be read");
      },
      () => "the clock",
    );
    const running = startSchedules(loop, { onTrained: () => undefined });
    await vi.advanceTimersByTimeAsync(12 * HOUR);
    const failed = asked.filter(([useCase]) => useCase === "letters").map(([, until]) => until);
    const pauses = failed.slice(1).map((until, at) => until - failed[at]!);
    expect(pauses.slice(0, 4)).toEqual([15, 30, 60, 120].map((seconds) => seconds * SECOND));
    expect(pauses.every((pause, at) => at === 0 || pause >= pauses[at - 1]!)).toBe(true);
    expect(pauses.at(-1)).toBe(streamsLimits.trainingRetryMs);
    expect(asked.filter(([useCase]) => useCase === "parcels").length).toBe((12 * HOUR) / (15 * SECOND));
    expect(lines.find(({ level }) => level === "warn")).toMatchObject({
      message: expect.stringContaining("training: waiting and trying again: "),
      fields: { error: "the rows can't be read", useCase: "letters" },
    });
    await running.close();
  });

  test.each([
    ["nothing is due any more", undefined, ["letters", "parcels"]],
    ["its use case is gone", "the clock", ["parcels"]],
  ] as const)("a failure is over once %s: it is no longer waited for", async (_, dueThen, useCasesThen) => {
    let away = true;
    const { loop, lines } = loopWith(
      () => undefined,
      (useCase) => {
        if (away && useCase === "letters") throw new Error("no broker answers");
        return away ? undefined : dueThen;
      },
    );
    const useCases = async (): Promise<readonly string[]> => (away ? ["letters", "parcels"] : useCasesThen);
    const running = startSchedules(
      { ...loop, trainings: { ...loop.trainings, useCases } },
      { onTrained: () => undefined },
    );
    await vi.advanceTimersByTimeAsync(MINUTE);
    away = false;
    await vi.advanceTimersByTimeAsync(2 * MINUTE);
    expect(lines.at(-1)!.message).toMatch(/^training: goes on after \d+ s$/);
    const said = lines.length;
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    expect(lines.length).toBe(said);
    await running.close();
  });

  test("after one that works the next failure begins with the shortest pause", async () => {
    let fails = true;
    const { loop, asked } = loopWith(
      (useCase) => {
        if (useCase === "letters" && fails) throw new Error("not now");
      },
      (useCase) => (useCase === "letters" ? "the clock" : undefined),
    );
    const running = startSchedules(loop, { onTrained: () => undefined });
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    fails = false;
    await vi.advanceTimersByTimeAsync(10 * MINUTE);
    fails = true;
    const before = asked.length;
    await vi.advanceTimersByTimeAsync(MINUTE);
    const pauses = asked.slice(before + 1).map(([, until], at) => until - asked[before + at]![1]);
    expect(pauses.slice(0, 2)).toEqual([15 * SECOND, 30 * SECOND]);
    await running.close();
  });
});
