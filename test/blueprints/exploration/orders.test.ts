import { describe, expect, test } from "vitest";
import { compileBlueprint, type Selection } from "../../../blueprints/index.ts";
import { random } from "../random.ts";

const text = (rank: string, exploration: string): string => `
useCase: shop
decisionSpace: { options: { genre: category, must: boolean, never: boolean } }
context: { weight: number }
observations: { clicked: boolean }
features: [weight, genre, must, never]
label: { name: click, value: clicked }
policy: { rank: ${rank} }
exploration: ${exploration}
`;

interface Item {
  readonly click: number;
  readonly genre: string | null;
  readonly must: number;
  readonly never: number;
}
const item = (click: number, genre: string | null = null, must = 0, never = 0): Item => ({ click, genre, must, never });

function open(rank: string, exploration: string, items: readonly Item[]) {
  const { policy, explorer } = compileBlueprint(text(rank, exploration));
  const options = items.map(({ click, genre, must, never }) => ({
    vector: [1, genre, must, never],
    predictions: { click: Number.isNaN(click) ? null : click },
  }));
  const selection: Selection = policy.options!.select(options);
  return {
    selection,
    draw: (draw: (k: number) => number, isScored = true) => explorer!.order(selection, isScored, draw, {}),
  };
}

/** How far lists were drawn from as often as their probabilities say. */
function chi2(counts: ReadonlyMap<string, number>, of: ReadonlyMap<string, number>, n: number): number {
  let sum = 0;
  for (const [list, probability] of of) sum += ((counts.get(list) ?? 0) - n * probability) ** 2 / (n * probability);
  return sum;
}
/** The 0.999 quantile of χ² (Wilson and Hilferty 1931). */
const most = (degrees: number): number =>
  degrees * (1 - 2 / (9 * degrees) + 3.0902 * Math.sqrt(2 / (9 * degrees))) ** 3;

const four = [item(0.1), item(0.9, "a"), item(0.5, "a"), item(0.7, "b")];

describe("a drawn order", () => {
  test.each([
    ["click", "{ plackettLuce: 0.5 }"],
    ["{ score: click, show: 2 }", "{ plackettLuce: 0.2, floor: 0.05 }"],
    ["click", "{ plackettLuce: 0.3, share: 0.4 }"],
    ["{ score: click, show: 3 }", "{ uniform: true, share: 0.7 }"],
    ["click", "{ swap: 0.6 }"],
    ["{ score: click, show: 3 }", "{ swap: { probability: 0.5, within: 2 }, share: 0.5 }"],
    ["{ score: click, show: 3, atMost: { genre: 1 } }", "{ plackettLuce: 1 }"],
    ["{ score: click, show: 2, require: must, exclude: never }", "{ plackettLuce: 1, floor: 0.1 }"],
  ])("of %s with %s has the probability that it says", (rank, exploration) => {
    const items = rank.includes("require") ? [...four, item(0.2, null, 1), item(2, null, 0, 1)] : four;
    const { draw } = open(rank, exploration, items);
    const next = random(11);
    const n = 60_000;
    const counts = new Map<string, number>();
    const said = new Map<string, number>();
    for (let i = 0; i < n; i++) {
      const draws = new Map<number, number>();
      const { shown, propensities } = draw((k) => {
        if (!draws.has(k)) draws.set(k, next());
        return draws.get(k)!;
      });
      const list = shown.join();
      const product = propensities.reduce((all, each) => all * each, 1);
      counts.set(list, (counts.get(list) ?? 0) + 1);
      // One list has one probability, whichever way it was drawn.
      expect(said.get(list) ?? product).toBeCloseTo(product, 12);
      said.set(list, product);
    }
    // All lists were seen: their probabilities sum to 1.
    expect([...said.values()].reduce((all, each) => all + each, 0)).toBeCloseTo(1, 10);
    expect(chi2(counts, said, n)).toBeLessThan(most(Math.max(1, said.size - 1)));
  });

  test("keeps what the policy limits, and is the policy's own where it hardly explores: 400 random rankings", () => {
    const next = random(3);
    for (let round = 0; round < 400; round++) {
      const items = Array.from({ length: 1 + Math.floor(next() * 12) }, () =>
        item(next(), next() < 0.3 ? null : "abc"[Math.floor(next() * 3)]!, next() < 0.2 ? 1 : 0, next() < 0.1 ? 1 : 0),
      );
      const show = 1 + Math.floor(next() * 6);
      const limit = 1 + Math.floor(next() * 2);
      const rank = `{ score: click, show: ${show}, atMost: { genre: ${limit} }, require: must, exclude: never }`;
      const calm = open(rank, "{ plackettLuce: 1e-9 }", items);
      expect(calm.draw(() => 0.5).shown).toEqual(calm.selection.shown);
      const { shown } = open(rank, "{ plackettLuce: 100 }", items).draw(() => next());
      expect(shown).toHaveLength(calm.selection.shown.length);
      expect(new Set(shown).size).toBe(shown.length);
      expect(shown.some((at) => items[at]!.never === 1)).toBe(false);
      const required = items.filter(({ must, never }) => must === 1 && never === 0);
      expect(shown.filter((at) => items[at]!.must === 1)).toHaveLength(Math.min(required.length, shown.length));
      for (const genre of "abc") {
        const of = shown.filter((at) => items[at]!.genre === genre);
        const musts = of.filter((at) => items[at]!.must === 1);
        expect(of.length).toBeLessThanOrEqual(Math.max(limit, musts.length));
      }
    }
  });

  test("without a model is the product's own, which swaps and uniform draws act on", () => {
    const unscored = four.map((each) => ({ ...each, click: 0 }));
    expect(open("click", "{ plackettLuce: 5 }", unscored).draw(() => 0.99, false)).toEqual({
      ...{ shown: [0, 1, 2, 3], propensities: [1, 1, 1, 1] },
    });
    expect(open("click", "{ swap: 1 }", unscored).draw(() => 0.99, false).shown).toEqual([0, 1, 3, 2]);
    expect(open("click", "{ uniform: true }", unscored).draw(() => 0.99, false).shown).toEqual([3, 2, 1, 0]);
  });

  test("of 500 options has a probability at every position, and the floor is at each of them", () => {
    const next = random(8);
    const items = Array.from({ length: 500 }, () => item(next()));
    for (const exploration of [
      "{ plackettLuce: 0.1 }",
      "{ plackettLuce: 0.1, share: 0.5, floor: 0.001 }",
      "{ uniform: true, share: 0.01, floor: 0.002 }",
      "{ swap: 0.5 }",
    ]) {
      const { shown, propensities } = open("click", exploration, items).draw(() => next());
      expect(new Set(shown).size).toBe(500);
      const floor = Number(/floor: ([\d.]+)/.exec(exploration)?.[1] ?? 0);
      for (const [place, propensity] of propensities.entries()) {
        expect(propensity).toBeGreaterThan(0);
        expect(propensity).toBeLessThanOrEqual(1);
        expect(propensity).toBeGreaterThanOrEqual(Math.min(floor, 1 / (500 - place)));
      }
    }
  });

  test("shows options without a score behind all others, in the order of the request", () => {
    const items = [item(Number.NaN), item(0.1), item(Number.NaN), item(0.9)];
    const next = random(2);
    for (let i = 0; i < 200; i++) {
      const { shown, propensities } = open("click", "{ plackettLuce: 1, floor: 0.1 }", items).draw(() => next());
      expect([...shown.slice(0, 2)].sort()).toEqual([1, 3]);
      expect(shown.slice(2)).toEqual([0, 2]);
      expect(propensities.slice(1)).toEqual([1, 1, 1]);
    }
  });

  test("of one option or none is what it is", () => {
    expect(open("click", "{ swap: 1 }", [item(1)]).draw(() => 0)).toEqual({ shown: [0], propensities: [1] });
    expect(open("click", "{ plackettLuce: 1 }", []).draw(() => 0)).toEqual({ shown: [], propensities: [] });
  });
});
