import { expect, test } from "vitest";
import { LATEST_TIME } from "../../../../streams/index.ts";
import { Lane } from "../../../../streams/backbones/stepped/lane.ts";

test("what has no time, and what was refused for its time when it came, is not shown and holds nothing up", () => {
  const mark = { topic: "events", partition: 0, oldest: 0, next: 0, shown: 0, until: null, end: 7 };
  const refused = {
    has: (topic: string, partition: number, offset: number) => `${topic}/${partition}/${offset}` === "events/0/5",
  };
  const lane = new Lane({ topic: "events" }, mark, refused);
  const times = [10, -1, Number.NaN, LATEST_TIME + 1, 0.5, 5_000, 20];
  const [key, value, headers] = [null, Buffer.from("v"), {}];
  lane.add(times.map((timestamp, offset) => ({ offset, timestamp, key, value, headers })));
  expect(lane.take(100).map(({ timestamp }) => timestamp)).toEqual([10, 20]);
  expect(lane.mark(2)).toMatchObject({ oldest: 7, next: 7, shown: 2 });
  expect(lane.late).toBe(0);
});
