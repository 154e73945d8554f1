import { expect, test } from "vitest";
import { canarySalt, unitPlace } from "../../../blueprints/index.ts";
import { decisionPlace, modelFor, modelsAt } from "../../../catalogue/index.ts";
import type { ShareSubject } from "../../../schemas/index.ts";
import { modelTableOf } from "../table-of.ts";
import { modelOf } from "./model-of.ts";

const COUNT = 100_000;
const units = Array.from({ length: COUNT }, (_, at) => `unit-${at}`);
const ids = Array.from({ length: COUNT }, (_, at) => `decision-${at}`);
const asked = units.map((unit, at) => ({ unit, decisionId: ids[at]! }));

const atWork = (share: number, canary = "canary", by: ShareSubject = "unit") =>
  modelsAt(
    modelTableOf([modelOf("a", [["production", 1]]), modelOf(canary, [["canary", 2, share, by]])]),
    "parcels",
    "v1",
    3,
  );
/** The units, or the decisions, that a canary decides for. */
const ofCanary = (share: number, canary = "canary", by: ShareSubject = "unit"): ReadonlySet<string> => {
  const found = atWork(share, canary, by);
  const served = asked.filter((asker) => modelFor(found, asker)?.modelId === canary);
  return new Set(served.map(({ unit, decisionId }) => (by === "unit" ? unit : decisionId)));
};
const bothWays = ["unit", "decision"] as const;

test("a canary's units are those whose place under its model's salt is below the share, in each of their decisions", () => {
  const found = atWork(0.05);
  const place = (unit: string): number => unitPlace(canarySalt("canary"), unit);
  expect(ofCanary(0.05)).toEqual(new Set(units.filter((unit) => place(unit) < 0.05)));
  for (const unit of units.slice(0, 1_000)) {
    const models = new Set(ids.slice(0, 20).map((decisionId) => modelFor(found, { unit, decisionId })?.modelId));
    expect(models).toEqual(new Set([place(unit) < 0.05 ? "canary" : "a"]));
  }
});

test("requests without a unit are all the canary's, or none is", () => {
  const served = (share: number) =>
    new Set(ids.slice(0, 1_000).map((decisionId) => modelFor(atWork(share), { unit: "", decisionId })?.modelId));
  const place = unitPlace(canarySalt("canary"), "");
  expect(served(place + 1e-9)).toEqual(new Set(["canary"]));
  expect(served(place)).toEqual(new Set(["a"]));
});

test.each(bothWays)("a canary by %s has its share, within three standard deviations", (by) => {
  for (const share of [0.001, 0.01, 0.1, 0.5, 0.999]) {
    const deviation = Math.sqrt(COUNT * share * (1 - share));
    expect(Math.abs(ofCanary(share, "canary", by).size - COUNT * share)).toBeLessThan(3 * deviation);
  }
});

test.each(bothWays)("a canary by %s whose share grows keeps those it had", (by) => {
  const shares = [0.01, 0.05, 0.1, 0.25, 0.5].map((share) => ofCanary(share, "canary", by));
  for (const [at, smaller] of shares.slice(0, -1).entries())
    expect([...smaller].every((one) => shares[at + 1]!.has(one))).toBe(true);
});

test.each(bothWays)("two canaries by %s, one after the other, draw independently", (by) => {
  const [one, two] = [ofCanary(0.5, "one", by), ofCanary(0.5, "two", by)];
  const both = [...one].filter((each) => two.has(each));
  expect(Math.abs(both.length - COUNT / 4)).toBeLessThan(3 * Math.sqrt((COUNT * 3) / 16));
});

test("a canary of a former release draws by decision as that release did, whatever the unit", () => {
  // int.from_bytes(hashlib.sha256(f"{model}\0{decision}".encode()).digest()[:6], "big") / 2**48
  expect(decisionPlace("6d73b364a7923541", "flight-1")).toBe(0.03882146361648964);
  expect(decisionPlace("6d73b364a7923541", "flight-2")).toBe(0.9275383086428839);
  expect(decisionPlace("m1", "é")).toBe(0.1451328724478067);
  const found = atWork(0.05, "6d73b364a7923541", "decision");
  for (const unit of units.slice(0, 100)) {
    expect(modelFor(found, { unit, decisionId: "flight-1" })?.modelId).toBe("6d73b364a7923541");
    expect(modelFor(found, { unit, decisionId: "flight-2" })?.modelId).toBe("a");
  }
});

test("a canary whose share is of something that only a newer release knows decides nothing here", () => {
  const found = atWork(0.999, "canary", "household" as ShareSubject);
  expect(asked.slice(0, 1_000).every((asker) => modelFor(found, asker)?.modelId === "a")).toBe(true);
});

test("without a share, as no release should write it, a canary decides nothing", () => {
  const models = [modelOf("a", [["production", 1]]), modelOf("b", [["canary", 2]])];
  const found = modelsAt(modelTableOf(models), "parcels", "v1", 3);
  expect(asked.slice(0, 1_000).every((asker) => modelFor(found, asker)?.modelId === "a")).toBe(true);
});

test("without a model in production the units that are not the canary's have none", () => {
  const found = modelsAt(modelTableOf([modelOf("b", [["canary", 2, 0.5]])]), "parcels", "v1", 3);
  const made = new Set(asked.slice(0, 1_000).map((asker) => modelFor(found, asker)?.modelId));
  expect(made).toEqual(new Set(["b", undefined]));
});
