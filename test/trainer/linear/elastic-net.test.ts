import { describe, expect, test } from "vitest";
import type { Objective } from "../../../blueprints/index.ts";
import { designOf, type Design } from "../../../trainer/linear/design.ts";
import { elasticNet, TOLERANCE, type Fitted } from "../../../trainer/linear/elastic-net.ts";
import { knotsOf } from "../../../trainer/linear/knots.ts";
import { seeded } from "../../chaos/random.ts";

const ROWS = 600;
const INPUTS = [{ name: "steep" }, { name: "gaps" }, { name: "nothing" }, { name: "kind", categories: 5 }];

interface Made {
  readonly design: Design;
  readonly labels: Float64Array;
  readonly weights: Float32Array;
}

function made(objective: Objective, bins: number): Made {
  const next = seeded(bins);
  const features = new Float32Array(ROWS * INPUTS.length);
  const labels = new Float64Array(ROWS);
  for (let row = 0; row < ROWS; row++) {
    const [steep, gaps, kind] = [next() * 4 - 2, next() < 0.2 ? Number.NaN : next(), Math.floor(next() * 5)];
    features.set([steep, gaps, next(), kind === 4 && next() < 0.5 ? Number.NaN : kind], row * INPUTS.length);
    const sum = Math.sin(steep) * 2 + (Number.isNaN(gaps) ? 1 : gaps) - kind / 2;
    labels[row] = objective === "regression" ? sum + next() : next() < 1 / (1 + Math.exp(-sum)) ? 1 : 0;
  }
  const weights = Float32Array.from({ length: ROWS }, () => Math.floor(next() * 3));
  return { design: designOf(features, ROWS, INPUTS, bins), labels, weights };
}

/** The sum of each row, place by place. */
function sumsOf({ terms, rows, places, shares, missing }: Design, { intercept, values }: Fitted): readonly number[] {
  return Array.from({ length: rows }, (_, row) =>
    terms.reduce((sum, term, at) => {
      const entry = row * terms.length + at;
      const [place, share] = [places[entry]!, shares[entry]!];
      const next = share === 0 ? 0 : values[place + 1]! * share;
      return sum + values[place]! * (1 - share) + next + (missing[entry] === 1 ? values[term.missing]! : 0);
    }, intercept),
  );
}

/** Columns of the design as they are penalised, written out in full; each with the coefficient that was fitted. */
function columnsOf(
  design: Design,
  { values }: Fitted,
): readonly { readonly x: readonly number[]; readonly b: number }[] {
  const { terms, rows, places, shares, missing } = design;
  const column = (of: (row: number) => number): readonly number[] => Array.from({ length: rows }, (_, row) => of(row));
  return terms.flatMap((term, at) => {
    const entry = (row: number): number => row * terms.length + at;
    const lack = column((row) => missing[entry(row)]!);
    if (term.kind === "category") {
      return Array.from({ length: term.missing - term.start + 1 }, (_, group) => ({
        x: column((row) => (places[entry(row)] === term.start + group ? 1 : 0)),
        b: values[term.start + group]!,
      }));
    }
    const rises = term.knots.length - 1;
    const scale = 1 / Math.sqrt(rises);
    const lines = Array.from({ length: rises }, (_, rise) => ({
      x: column((row) => {
        const where = places[entry(row)]! - term.start + shares[entry(row)]!;
        return scale * Math.min(Math.max(where - rise, 0), 1);
      }),
      b: (values[term.start + rise + 1]! - values[term.start + rise]!) / scale,
    }));
    return [...lines, { x: lack, b: values[term.missing]! }];
  });
}

describe("the conditions of the elastic net's minimum hold, column by column", () => {
  const cases = (["binary", "regression"] as const).flatMap((objective) =>
    [1, 12].flatMap((bins) => [0, 4].flatMap((l1) => [0.5, 20].map((l2) => [objective, bins, l1, l2] as const))),
  );
  test.each(cases)("%s, %i bins, l1 %d, l2 %d", (objective, bins, l1, l2) => {
    const { design, labels, weights } = made(objective, bins);
    const fitted = elasticNet({ design, objective, labels, weights, l1, l2 });
    const sums = sumsOf(design, fitted);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const slopes = sums.map((sum, row) => {
      const predicted = objective === "regression" ? sum : 1 / (1 + Math.exp(-sum));
      return weights[row]! * (predicted - labels[row]!);
    });
    expect(Math.abs(slopes.reduce((sum, slope) => sum + slope, 0)) / total).toBeLessThanOrEqual(2 * TOLERANCE);
    let zeros = 0;
    for (const { x, b } of columnsOf(design, fitted)) {
      const slope = x.reduce((sum, value, row) => sum + value * slopes[row]!, 0) + l2 * b;
      // A column that is the same in all rows is none.
      if (new Set(x).size === 1) expect(b).toBe(0);
      else if (b === 0) {
        zeros++;
        expect((Math.abs(slope) - l1) / total).toBeLessThanOrEqual(2 * TOLERANCE);
      } else expect(Math.abs(slope + l1 * Math.sign(b)) / total).toBeLessThanOrEqual(2 * TOLERANCE);
    }
    expect(zeros > 0).toBe(l1 > 0);
    expect(fitted.violation).toBeLessThanOrEqual(TOLERANCE);
  });

  test("a straight line without a penalty is that of least squares", () => {
    const x = Float32Array.of(1, 2, 3, 5, 9);
    const y = Float64Array.of(2, 3, 7, 8, 20);
    const design = designOf(x, 5, [{ name: "x" }], 1);
    const { intercept, values } = elasticNet({
      ...{ design, objective: "regression", labels: y, weights: undefined, l1: 0, l2: 0 },
    });
    // Slope 89 / 40, and 8 at the mean of x, 4.
    expect(intercept).toBeCloseTo(8 - 2.225 * 3, 6);
    expect(values[1]! - values[0]!).toBeCloseTo(2.225 * 8, 6);
  });
});

test("classes that a column divides have no minimum without a penalty: told with what to raise, or found with it", () => {
  const x = Float32Array.from({ length: 40 }, (_, row) => row);
  const labels = Float64Array.from(x, (value) => (value < 20 ? 0 : 1));
  const design = designOf(x, 40, [{ name: "x" }], 1);
  const fitting = { design, objective: "binary", labels, weights: undefined, l1: 0 } as const;
  expect(elasticNet({ ...fitting, l2: 1 }).violation).toBeLessThanOrEqual(TOLERANCE);
  const { values, violation } = elasticNet({ ...fitting, l2: 0 });
  expect(values[1]! - values[0]!).toBeGreaterThan(100);
  expect(violation).toBeLessThanOrEqual(TOLERANCE);
});

describe("knots", () => {
  test("are the values if these are few, and none of no values", () => {
    expect([...knotsOf(Float32Array.of(3, 1, 1, 2), 4)]).toEqual([1, 2, 3]);
    expect([...knotsOf(Float32Array.of(7, 7), 4)]).toEqual([7]);
    expect([...knotsOf(new Float32Array(0), 4)]).toEqual([]);
  });

  test("are quantiles of many values, from the smallest to the largest", () => {
    expect([
      ...knotsOf(
        Float32Array.from({ length: 101 }, (_, at) => (at * 37) % 101),
        4,
      ),
    ]).toEqual([0, 25, 50, 75, 100]);
  });

  test("a value that fills bins leaves the others theirs", () => {
    const rain = Float32Array.from({ length: 1000 }, (_, at) => (at < 900 ? 0 : at - 899));
    expect([...knotsOf(rain, 4)]).toEqual([0, 1, 26, 51, 75, 100]);
  });

  test("that float32 can't divide by are one", () => {
    expect([...knotsOf(Float32Array.of(0, 1e-42, 1), 4)]).toEqual([0, 1]);
  });
});

test("rare categories share places, always the same ones, and a code that is not known is a missing one", () => {
  const count = 1000;
  const codes = Float32Array.from({ length: 4 * count }, (_, row) => (row < count ? row : row % 50));
  const { terms } = designOf(codes, codes.length, [{ name: "many", categories: count }], 4);
  const [term] = terms;
  if (term?.kind !== "category") throw new Error("a category");
  expect(new Set(term.groups.slice(0, 50)).size).toBe(50);
  expect(new Set(term.groups).size).toBe(256);
  expect(term.missing).toBe(256);
  expect(designOf(codes, codes.length, [{ name: "many", categories: count }], 4).terms).toEqual(terms);
  expect(designOf(Float32Array.of(0, 3, Number.NaN), 3, [{ name: "few", categories: 2 }], 4).places).toEqual(
    Int32Array.of(0, 2, 2),
  );
});
