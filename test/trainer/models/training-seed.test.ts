import { expect, test } from "vitest";
import { trainingSeed } from "../../../trainer/models/training-seed.ts";

const NEWEST = Date.UTC(2026, 0, 1);
const parcels = { useCase: "parcels", version: "1a2b3c4d5e6f" };

test("each training has a seed of its own, which follows from use case, version and newest row", () => {
  // In Python: int(int(sha256(f"seed\0{use_case}\0{version}\0{newest}")[:13], 16) / 16**13 * 2**31).
  expect(trainingSeed(parcels, NEWEST)).toBe(1330150587);
  const others = [
    trainingSeed(parcels, NEWEST + 1),
    trainingSeed({ ...parcels, version: "1a2b3c4d5e60" }, NEWEST),
    trainingSeed({ ...parcels, useCase: "letters" }, NEWEST),
  ];
  expect(new Set([trainingSeed(parcels, NEWEST), ...others]).size).toBe(4);
});

test("it is a seed that a blueprint may have", () => {
  const seeds = Array.from({ length: 2_000 }, (_, at) => trainingSeed(parcels, NEWEST + at * 60_000));
  expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0 && seed < 2 ** 31)).toBe(true);
  expect(new Set(seeds).size).toBe(2_000);
  const mean = seeds.reduce((sum, seed) => sum + seed, 0) / seeds.length;
  expect(mean / 2 ** 31).toBeCloseTo(0.5, 1);
});
