import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, expect, test } from "vitest";
import { clock, observations } from "../../schemas/index.ts";
import { openShared, Publisher, Serdes } from "../../streams/index.ts";
import { openShop, type Shop } from "./clocks.ts";
import { temporaryDir } from "./command.ts";

const dir = temporaryDir();
let at: string;
let shop: Shop;
let runs = 0;
beforeEach(() => {
  at = join(dir.path, String(runs++));
  mkdirSync(at);
  shop = openShop(["--dir", join(at, "log")], at);
});
afterEach(() => shop.stop());
afterAll(() => dir.remove());

const YEAR_3000 = Date.UTC(3000, 0, 1);

test(
  "a time in microseconds is refused, and stray records of the year 3000 close nobody's decision",
  { timeout: 900_000 },
  async () => {
    await shop.start();
    await shop.decide("d1");
    expect(await shop.observe("stray", "1795725000000000")).toBe(2);
    const shared = await openShared(join(at, "log"));
    const publisher = await Publisher.open(shared.backbone, new Serdes(shared.registry), 1);
    const stray = { decisionId: "stray", useCase: "", observationId: "", values: { amount: 1 } };
    await publisher.publish([
      { topic: observations, key: "stray", value: stray, time: YEAR_3000 },
      { topic: clock, key: "clock", value: { time: YEAR_3000 }, time: YEAR_3000 },
    ]);
    await publisher.close();
    await shared.close();
    expect(await shop.observe("d1")).toBe(0);
    await shop.decide("d2");
    expect(await shop.observe("d2")).toBe(0);
    expect(await shop.rowsOnce(2)).toEqual(["d1 1", "d2 1"]);
    const letters = await shop.letters();
    for (const topic of ["observations", "clock"])
      expect(letters).toMatch(new RegExp(`${topic}.*AHEAD_OF_TIME|AHEAD_OF_TIME.*${topic}`));
    expect(letters).not.toContain("TOO_LATE");
  },
);

test(
  "an import closes no live decision of another use case, neither while the loop is away nor beside it",
  { timeout: 900_000 },
  async () => {
    await shop.start();
    await shop.decide("live-1");
    await shop.stop();
    await shop.importHistory();
    expect(await shop.rows()).toEqual([]);
    await shop.start();
    await shop.decide("live-2");
    await shop.importHistory();
    for (const id of ["live-1", "live-2"]) expect(await shop.observe(id)).toBe(0);
    expect(await shop.rowsOnce(2)).toEqual(["live-1 1", "live-2 1"]);
    expect(await shop.letters()).not.toContain("TOO_LATE");
  },
);
