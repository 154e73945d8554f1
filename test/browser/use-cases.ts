import { random } from "../blueprints/random.ts";

/** A blueprint whose features come with the request, and the requests that are made of it. */
export interface PageUseCase {
  readonly text: string;
  readonly ask: (next: () => number) => {
    readonly context: Readonly<Record<string, unknown>>;
    readonly candidates?: readonly { readonly optionId: string; readonly context: Readonly<Record<string, unknown>> }[];
  };
  /** What is observed of a decision. */
  readonly observe: (next: () => number) => Readonly<Record<string, number | boolean>>;
}

const training = "training: { schedule: none, freshRows: none, minRows: 50 }";
const pick = <T>(some: readonly T[], next: () => number): T => some[Math.floor(some.length * next())]!;

/** A value, drawn; with a hold-out, parameters, and features of all kinds that need no topic. */
const reminders: PageUseCase = {
  text: `
useCase: reminders
decisionSpace: boolean
context: { days: number, plan: category, tags: list, note: text, due: time, vip: boolean, lat: number, lon: number }
observations: { clicked: boolean }
features:
  - days
  - plan
  - vip
  - tag: { hash: tags, slots: 4 }
  - likes: { oneHot: tags, values: [sport, world] }
  - hour: { calendar: hour, zone: Europe/Prague }
  - clock: { cyclical: hour, period: 24 }
  - due_day: { calendar: dayOfWeek, at: due }
  - far: { haversine: [lat, lon, 50.087, 14.421] }
  - load: { formula: days * 2 - far / 100 }
label: { name: opened, value: clicked, aggregate: any, wait: 1s, default: 0 }
model: { rounds: 20, depth: 3 }
policy: { params: { least: { default: 0.4, min: 0, max: 1 } }, decide: opened > least }
exploration: { epsilonGreedy: 0.2 }
learning: { holdout: 0.2, baseline: days > 3 }
${training}
`,
  ask: (next) => ({
    context: {
      ...(next() < 0.9 ? { days: 10 * next() } : {}),
      plan: pick(["free", "paid", "gold", "none of these"], next),
      tags: pick([[], ["sport"], ["world", "art"], ["žlutý kůň", "😀"]], next),
      ...(next() < 0.8
        ? { due: pick(["2026-03-05T10:00:00Z", "2026-03-29T01:30:00+01:00", 1_770_000_000_000], next) }
        : {}),
      vip: pick([true, false, null], next),
      ...{ lat: 49 + 2 * next(), lon: 13 + 3 * next() },
    },
  }),
  observe: (next) => ({ clicked: next() < 0.5 }),
};

/** Options of the request, drawn by their scores. */
const banners: PageUseCase = {
  text: `
useCase: banners
decisionSpace: { options: { price: number, topic: category } }
context: { device: category, age: number }
observations: { clicked: boolean }
features: [device, age, price, topic, { cheap: { formula: price < age } }]
label: { name: click, value: clicked, aggregate: any, wait: 1s, default: 0 }
model: { learner: linear }
policy: { choose: click - price / 1000 }
exploration: { softmax: 0.1, floor: 0.01 }
${training}
`,
  ask: (next) => ({
    context: { device: pick(["phone", "desk", "tv"], next), age: 20 + 50 * next() },
    candidates: Array.from({ length: 2 + Math.floor(5 * next()) }, (_, at) => ({
      optionId: `banner ${at}`,
      context: { price: 100 * next(), topic: pick(["sport", "art", "unseen"], next) },
    })),
  }),
  observe: (next) => ({ clicked: next() < 0.4 }),
};

/** An order of options, drawn place by place. */
const articles: PageUseCase = {
  text: banners.text
    .replace("useCase: banners", "useCase: articles")
    .replace("learner: linear", "learner: mlp, epochs: 2, hidden: [8]")
    .replace("choose: click - price / 1000", "rank: { score: click - price / 1000, show: 3, atMost: { topic: 2 } }")
    .replace("softmax: 0.1, floor: 0.01", "plackettLuce: 0.2"),
  ask: banners.ask,
  observe: banners.observe,
};

/** A number, and two labels behind it. */
const waits: PageUseCase = {
  text: `
useCase: waits
decisionSpace: number
context: { queue: number, day: category }
observations: { minutes: number }
features: [queue, day]
labels:
  late: { value: minutes > 30, wait: 1s }
  minutes: { value: minutes, wait: 1s, objective: regression }
model: { rounds: 20, depth: 3 }
policy: { decide: minutes + 10 * late }
${training}
`,
  ask: (next) => ({ context: { queue: Math.floor(50 * next()), day: pick(["mo", "su", "holiday"], next) } }),
  observe: (next) => ({ minutes: 60 * next() }),
};

export const pageUseCases: readonly PageUseCase[] = [reminders, banners, articles, waits];

/** Versions that need the loop, and what the refusal names. */
export const notForPages: Readonly<Record<string, readonly [string, RegExp]>> = {
  windows: [
    reminders.text
      .replace("useCase: reminders", "useCase: counted\nevents: { visit: {} }")
      .replace("  - days\n", "  - days\n  - visits: { count: true, of: visit, by: unit, in: 1h }\n"),
    /windows of events \(visits\)/,
  ],
  tables: [
    waits.text
      .replace("useCase: waits", "useCase: looked\ntables: { days: { key: day, fields: { staff: number } } }")
      .replace("day: category", "day: key")
      .replace("[queue, day]", "[queue, { staff: { table: days, field: staff, by: day } }]"),
    /its tables \(days\) are rows on topics/,
  ],
  posterior: [
    banners.text
      .replace("useCase: banners", "useCase: learnt\nposterior: {}")
      .replace("choose: click", "choose: posteriorMean"),
    /its posterior is learnt row by row in the loop/,
  ],
};

/** The requests of a use case, the same each time. */
export const requestsOf = ({ ask }: PageUseCase, count: number, seed: number): ReturnType<PageUseCase["ask"]>[] => {
  const next = random(seed);
  return Array.from({ length: count }, () => ask(next));
};
