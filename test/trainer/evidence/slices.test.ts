import { expect, test } from "vitest";
import { slicesOf } from "../../../trainer/evidence/slices.ts";
import { random } from "../../blueprints/random.ts";

const draw = random(3);
/** Of a carrier the errors of both models; the smaller one is better. */
const rows = Array.from({ length: 900 }, (_, at) => {
  const carrier = at < 400 ? "UA" : at < 800 ? "AA" : at < 850 ? "tiny" : null;
  return { decisionId: `d${at}`, decisionTime: at, carrier, night: at % 2 };
});
const labels = Float32Array.from(rows, () => draw());
const of = (error: (carrier: string | null) => number): Float32Array =>
  labels.map((label, at) => label + error(rows[at]!.carrier) * (0.5 + draw()));
const unit = [
  {
    label: { name: "delay", objective: "regression" as const },
    labels,
    weights: undefined,
    ours: of((carrier) => (carrier === "UA" ? 0.4 : 0.1)),
    theirs: of((carrier) => (carrier === "UA" ? 0.1 : 0.4)),
  },
];

test("each value of a feature with enough decisions is compared on its own rows", () => {
  const slices = slicesOf("mse", ["carrier"], unit, rows as never);
  expect(slices.map(({ feature, value, gain }) => [feature, value, gain.decisions])).toEqual([
    ["carrier", "UA", 400],
    ["carrier", "AA", 400],
  ]);
  const [ua, aa] = slices;
  expect(ua!.gain.high).toBeLessThan(0);
  expect(aa!.gain.low).toBeGreaterThan(0);
  expect(ua!.theirs).toBeCloseTo(
    rows.reduce((sum, { carrier }, at) => sum + (carrier === "UA" ? (unit[0]!.theirs[at]! - labels[at]!) ** 2 : 0), 0) /
      400,
    6,
  );
});

test("several features are looked at one by one, and none where none is named", () => {
  expect(slicesOf("mse", ["carrier", "night"], unit, rows as never).map(({ value }) => value)).toEqual([
    "0",
    "1",
    "UA",
    "AA",
  ]);
  expect(slicesOf("mse", [], unit, rows as never)).toEqual([]);
});
