import { draws, normal } from "./random.ts";

const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000] as const;

/** The first day, a Monday, UTC midnight; ms. */
export const FIRST_DAY = Date.UTC(2025, 0, 6);
/** Readers of the news app. */
export const READERS = 300;

/** Editions of a day. The app decides about each reader some minutes before `at`. */
const editions = [
  { edition: "morning", at: 6 * HOUR },
  { edition: "noon", at: 12 * HOUR },
  { edition: "evening", at: 18 * HOUR },
] as const;
type Edition = (typeof editions)[number]["edition"];

/** What the app knows of a reader when an edition is ready, and what the reader does with it. */
export interface Delivery {
  readonly decisionId: string;
  readonly reader: string;
  /** Of the decision, ms. */
  readonly time: number;
  readonly context: {
    readonly reader: string;
    readonly edition: Edition;
    readonly weekend: boolean;
    readonly wifi: boolean;
  };
  /** The reader opens the edition then, ms, and reads for so many minutes; `undefined`: not at all. */
  readonly opened: { readonly time: number; readonly minutes: number } | undefined;
}

/** Habits that the app never sees. */
interface Habits {
  readonly id: string;
  readonly keenness: number;
  readonly favourite: Edition;
  readonly weekends: number;
  readonly wifiShare: number;
}

/**
 * The editions of the days from `from`, ms, each with a delivery for every reader. A reader opens an edition with a
 * probability that rises with keenness, for the favourite edition, on the reader's kind of day, and if the edition
 * before was opened. Always the same for a seed, whichever day is the first one asked for.
 */
export function* deliveries(seed: number, from: number, days: number): Generator<readonly Delivery[]> {
  const draw = draws(seed);
  const readers = Array.from({ length: READERS }, (_, at) => habitsOf(`r${String(at + 1).padStart(3, "0")}`, draw));
  const openedBefore = new Set<string>();
  for (let day = FIRST_DAY; day < from + days * DAY; day += DAY) {
    for (const { edition, at } of editions) {
      const all = readers.map((habits, index) => {
        const time = day + at - 10 * MINUTE + index * SECOND;
        const one = deliveryOf(habits, { day, edition, time, again: openedBefore.has(habits.id) }, draw);
        if (one.opened === undefined) openedBefore.delete(habits.id);
        else openedBefore.add(habits.id);
        return one;
      });
      if (day >= from) yield all;
    }
  }
}

function habitsOf(id: string, draw: (name: string) => number): Habits {
  return {
    id,
    keenness: -1.1 + 1.1 * normal(draw, `${id}/keenness`),
    favourite: editions[Math.floor(draw(`${id}/favourite`) * editions.length)]!.edition,
    weekends: 0.8 * normal(draw, `${id}/weekends`),
    wifiShare: draw(`${id}/wifi`),
  };
}

interface Moment {
  readonly day: number;
  readonly edition: Edition;
  readonly time: number;
  /** The reader opened the edition before. */
  readonly again: boolean;
}

function deliveryOf(
  { id, keenness, favourite, weekends, wifiShare }: Habits,
  { day, edition, time, again }: Moment,
  draw: (name: string) => number,
): Delivery {
  const name = `${id}-${new Date(day).toISOString().slice(0, 10)}-${edition}`;
  const weekend = [0, 6].includes(new Date(day).getUTCDay());
  const wifi = draw(`${name}/wifi`) < (edition === "noon" ? wifiShare / 2 : wifiShare);
  const score = keenness + (edition === favourite ? 1.8 : 0) + (weekend ? weekends : 0) + (again ? 0.5 : 0);
  const opens = draw(`${name}/opens`) < 1 / (1 + Math.exp(-score));
  const wait = 15 * MINUTE + Math.floor(draw(`${name}/wait`) * 180) * MINUTE;
  const minutes = 1 + Math.floor(draw(`${name}/minutes`) * 20);
  return {
    ...{ decisionId: name, reader: id, time },
    context: { reader: id, edition, weekend, wifi },
    opened: opens ? { time: time + wait, minutes } : undefined,
  };
}
