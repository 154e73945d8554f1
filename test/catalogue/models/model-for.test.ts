import { expect, test } from "vitest";
import { drawOf, modelFor, modelsAt } from "../../../catalogue/index.ts";
import { modelTableOf } from "../table-of.ts";
import { modelOf } from "./model-of.ts";

const ids = Array.from({ length: 100_000 }, (_, at) => `decision-${at}`);
const atWork = (share: number, canary = "canary") =>
  modelsAt(
    modelTableOf([modelOf("a", [["production", 1]]), modelOf(canary, [["canary", 2, share]])]),
    "parcels",
    "v1",
    3,
  );
const ofCanary = (share: number, canary = "canary"): ReadonlySet<string> => {
  const found = atWork(share, canary);
  return new Set(ids.filter((id) => modelFor(found, id)?.modelId === canary));
};

test("the draw is the one that any other language computes", () => {
  // int.from_bytes(hashlib.sha256(f"{model}\0{decision}".encode()).digest()[:6], "big") / 2**48
  expect(drawOf("6d73b364a7923541", "flight-1")).toBe(0.03882146361648964);
  expect(drawOf("6d73b364a7923541", "flight-2")).toBe(0.9275383086428839);
  expect(drawOf("m1", "é")).toBe(0.1451328724478067);
});

test("a canary decides its share, within three standard deviations", () => {
  for (const share of [0.001, 0.01, 0.1, 0.5, 0.999]) {
    const deviation = Math.sqrt(ids.length * share * (1 - share));
    expect(Math.abs(ofCanary(share).size - ids.length * share)).toBeLessThan(3 * deviation);
  }
});

test("a canary whose share grows keeps the decisions it had", () => {
  const shares = [0.01, 0.05, 0.1, 0.25, 0.5].map((share) => ofCanary(share));
  for (const [at, smaller] of shares.slice(0, -1).entries())
    expect([...smaller].every((id) => shares[at + 1]!.has(id))).toBe(true);
});

test("two canaries, one after the other, draw independently", () => {
  const [one, two] = [ofCanary(0.5, "one"), ofCanary(0.5, "two")];
  const both = [...one].filter((id) => two.has(id));
  expect(Math.abs(both.length - ids.length / 4)).toBeLessThan(3 * Math.sqrt((ids.length * 3) / 16));
});

test("without a share, as no release should write it, a canary decides nothing", () => {
  const models = [modelOf("a", [["production", 1]]), modelOf("b", [["canary", 2]])];
  const found = modelsAt(modelTableOf(models), "parcels", "v1", 3);
  expect(ids.slice(0, 1_000).every((id) => modelFor(found, id)?.modelId === "a")).toBe(true);
});

test("without a model in production the decisions that are not the canary's have none", () => {
  const found = modelsAt(modelTableOf([modelOf("b", [["canary", 2, 0.5]])]), "parcels", "v1", 3);
  const made = new Set(ids.slice(0, 1_000).map((id) => modelFor(found, id)?.modelId));
  expect(made).toEqual(new Set(["b", undefined]));
});
