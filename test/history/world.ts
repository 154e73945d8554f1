/** What happened, of which files and topics are forms. */
export interface World {
  readonly decisions: readonly Decision[];
  readonly observations: readonly Observation[];
}

export interface Decision {
  readonly id: string;
  /** Event time, ms. */
  readonly time: number;
  readonly amount: number | null;
  readonly member: boolean | null;
  readonly zip: string | null;
  readonly shop: string;
}

export interface Observation {
  readonly id: string;
  readonly time: number;
  readonly kind: "bought" | "returned";
  readonly price: number | null;
  readonly gift: boolean | null;
}

export const USE_CASE = "shop";
export const BLUEPRINT = `
useCase: ${USE_CASE}
decisionSpace: boolean
context: { amount: number, member: boolean, zip: category, shop: key }
observations: { gift: boolean }
events: { bought: { fields: [price] }, returned: { fields: [price] } }
features:
  - amount
  - member
  - zip
  - n_6h: { count: true, of: bought, by: shop, in: 6h }
  - spent_2d: { sum: price, of: bought, by: shop, in: 2d }
  - last_1d: { last: price, of: returned, by: zip, in: 1d }
  - gone_1d: { count: true, of: returned, by: [shop, zip], in: 1d }
label: { name: spent, when: kind == "bought", value: price, aggregate: sum, wait: 1d, default: 0 }
model: { objective: regression }
policy: { decide: spent > 10 }
join: { ttl: 4d }
training: { minRows: 10, schedule: none, freshRows: none }
`;

export const WAIT_MS = 24 * 3_600_000;
const START = Date.UTC(2026, 2, 1, 5);
const MINUTE = 60_000;
const ZIPS = [
  "0042",
  "42",
  "12E4",
  "120000",
  "true",
  "94110",
  "9007199254740993",
  "9007199254740992",
  "1.0",
  'é, "x"',
  " 7",
];
const SHOPS = ["007", "7", "north", "1e3"];
const LAST_ID = 9_007_199_254_740_993n;

export const pick = <T>(random: () => number, all: readonly T[]): T => all[Math.floor(random() * all.length)]!;

/** Some days of a shop, with everything that is read wrong easily: texts like numbers, equal moments, equal observations, what is missing. */
export function worldOf(random: () => number, count: number): World {
  const decisions: Decision[] = [];
  const observations: Observation[] = [];
  let time = START;
  for (let index = 0; index < count; index++) {
    // Some in the same moment, some after a pause.
    time += random() < 0.15 ? 0 : Math.floor(random() * 80 * MINUTE);
    const id = index % 3 === 0 ? `00${index}` : index % 3 === 1 ? String(LAST_ID + BigInt(index)) : `d-${index}`;
    decisions.push({
      ...{ id, time },
      amount: random() < 0.1 ? null : Math.round((random() - 0.3) * 1e6) / 1e3,
      member: random() < 0.1 ? null : random() < 0.5,
      zip: random() < 0.1 ? null : pick(random, ZIPS),
      shop: pick(random, SHOPS),
    });
    for (let left = Math.floor(random() * 4); left > 0; left--) {
      const after = random() < 0.1 ? WAIT_MS : Math.floor(random() * 30 * 60) * MINUTE;
      const observation: Observation = {
        ...{ id, time: time + 1 + after },
        kind: random() < 0.7 ? "bought" : "returned",
        // Quarters: sums are exact in any order.
        price: random() < 0.1 ? null : Math.floor(random() * 80) / 4,
        gift: random() < 0.2 ? null : random() < 0.5,
      };
      observations.push(observation);
      if (random() < 0.2) observations.push(observation);
    }
  }
  return { decisions, observations: inOrder(observations) };
}

/** By time; what is of one moment stays in its order. */
export const inOrder = <T extends { readonly time: number }>(all: readonly T[]): readonly T[] =>
  [...all].sort((a, b) => a.time - b.time);

/** In no order. */
export function shuffled<T>(random: () => number, all: readonly T[]): readonly T[] {
  const mixed = [...all];
  for (let at = mixed.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
}

/**
 * In pieces by time, each with some of the end of the one before again, as exports that overlap.
 * @param overlapMs how much of it
 */
export function pieces(world: World, count: number, overlapMs: number): readonly World[] {
  const [first, last] = [world.decisions[0]!.time, world.observations.at(-1)!.time + 1];
  const width = Math.ceil((last - first) / count);
  return Array.from({ length: count }, (_, index) => {
    const [from, to] = [first + index * width - overlapMs, first + (index + 1) * width];
    const within = <T extends { readonly time: number }>(all: readonly T[]): readonly T[] =>
      all.filter(({ time }) => time >= from && time < to);
    return { decisions: within(world.decisions), observations: within(world.observations) };
  });
}

/** What the windows that count and add must say of each decision, by its id: found by looking at every observation. */
export function windowsOf({
  decisions,
  observations,
}: World): ReadonlyMap<string, Readonly<Record<string, number | null>>> {
  const byId = new Map(decisions.map((decision) => [decision.id, decision]));
  const events = observations.map(({ id, ...observed }) => ({
    ...observed,
    shop: byId.get(id)!.shop,
    zip: byId.get(id)!.zip,
  }));
  const HOUR = 60 * MINUTE;
  return new Map(
    decisions.map(({ id, time, shop, zip }) => {
      const within = (kind: Observation["kind"], hours: number) =>
        events.filter(
          (event) =>
            event.kind === kind && event.shop === shop && event.time < time && event.time >= time - hours * HOUR,
        );
      const prices = within("bought", 48).flatMap(({ price }) => (price === null ? [] : [price]));
      return [
        id,
        {
          n_6h: within("bought", 6).length,
          spent_2d: prices.length === 0 ? null : prices.reduce((sum, price) => sum + price, 0),
          gone_1d: zip === null ? null : within("returned", 24).filter((event) => event.zip === zip).length,
        },
      ];
    }),
  );
}
