import { versionKey } from "../../../blueprints/index.ts";
import { events, tableRows } from "../../../schemas/index.ts";
import type { Published } from "../../../streams/index.ts";
import { random } from "../../decisions/work/random.ts";
import { BEHIND_MS, requestOf, type Values, type Work } from "./work.ts";

const UNITS = 20_000;
const ARTICLES = 2_000;
const WORDS = 5_000;
const SECTIONS = ["home", "sport", "science", "cooking", "travel"];
const GAP_MS = 1;
const VALID_FROM = 1_000;

// 50 columns: of the context, of two tables, of embeddings, of eight windows, and of features made of others.
const mixedBlueprint = `
useCase: mixed
decisionSpace: boolean
context:
  x0: number
  x1: number
  x2: number
  x3: number
  city: category
  device: category
  plan: category
  member: boolean
  article: key
  reader: key
  interests: list
  taste: vector(4)
  signup: time
  query: text
  lat: number
  lon: number
tables:
  articles: { key: article, fields: { section: category, words: number, price: number, title: text } }
  readers: { key: reader, fields: { age: number, region: category } }
  words: { key: word, fields: { meaning: vector(4), share: number }, maxRows: 50000 }
events:
  read: { fields: { seconds: number, section: category } }
observations: { y: number }
features:
  - x0
  - x1
  - x2
  - x3
  - city
  - device
  - plan
  - member
  - taste
  - likes: { oneHot: interests, values: [home, sport, science, cooking] }
  - tag: { hash: interests, slots: 2 }
  - hour: { calendar: hour, zone: Europe/Prague }
  - weekday: { calendar: dayOfWeek, zone: Europe/Prague }
  - clock: { cyclical: hour, period: 24 }
  - asked: { embed: query, words: words, vector: meaning, share: share }
  - title: { embed: title, from: articles, by: article, words: words, vector: meaning, share: share }
  - section: { table: articles, field: section, by: article }
  - length: { table: articles, field: words, by: article }
  - price: { table: articles, field: price, by: article }
  - age: { table: readers, field: age, by: reader }
  - region: { table: readers, field: region, by: reader }
  - n_hour: { count: true, of: read, by: unit, in: 1h }
  - s_day: { sum: seconds, of: read, by: unit, in: 1d }
  - since_read: { since: true, of: read, by: unit, in: 7d }
  - favourite: { top: section, of: read, by: unit, in: 7d }
  - m_article: { mean: seconds, of: read, by: article, in: 1d }
  - n_article: { count: true, of: read, by: article, in: 1h }
  - long_article: { count: true, of: read, by: article, in: 1d, when: seconds > 60 }
  - n_all: { rate: true, of: read, by: none, in: 10m }
  - log_price: { formula: log(price + 1) }
  - share_long: { formula: long_article / (n_article + 1) }
  - usual: { formula: section == favourite }
  - loyal: { formula: (decisionTime - signup) / 86400000 > 30 and member }
  - size: { bucket: length, bounds: [300, 900, 2000] }
  - place: { cross: [city, size] }
  - from_centre: { haversine: [lat, lon, 50.087, 14.421] }
label: { name: hit, value: y > 0.5, wait: 10m }
model: { rounds: 100, depth: 6 }
policy: { decide: hit > 0.5 }
join: { ttl: 12h }
training: { schedule: none, freshRows: none, minRows: 100 }
`;

/** 50 features of all kinds but few of one: with tables, word vectors, and an event after each decision. */
export function mixedWork(): Work {
  return {
    name: "mixed",
    blueprint: mixedBlueprint,
    rows: false,
    tables,
    lives(count) {
      const start = Date.now() - BEHIND_MS - count * GAP_MS;
      return Array.from({ length: count }, (_, index) => lifeOf(index, start + index * GAP_MS));
    },
  };
}

function lifeOf(index: number, time: number): ReturnType<Work["lives"]>[number] {
  const next = random(3_000_000 + index);
  const whole = (below: number): number => Math.floor(next() * below);
  const section = (): string => SECTIONS[whole(SECTIONS.length)]!;
  const unit = `u${whole(UNITS)}`;
  const article = `a${whole(ARTICLES)}`;
  const context: Values = {
    ...{ x0: next(), x1: next() - 0.5, x2: next() * 100, x3: whole(10) },
    ...{ city: `city${whole(50)}`, device: next() < 0.5 ? "phone" : "web", plan: `plan${whole(4)}` },
    ...{ member: next() < 0.3, article, reader: unit, interests: JSON.stringify([section(), section()]) },
    ...{ taste: JSON.stringify([next(), next(), next(), next()]), signup: time - whole(100) * 86_400_000 },
    ...{ query: `w${whole(WORDS)} w${whole(WORDS)} w${whole(WORDS)}`, lat: 50 + next(), lon: 14 + next() },
  };
  const attributes = { unit, article, seconds: whole(200), section: section() };
  const value = { kind: "read", attributes };
  return {
    request: requestOf("mixed", `m${index}`, unit, context, time),
    outcomes: [{ topic: events, key: unit, value, time: time + 1_000 }],
  };
}

function tables(): readonly Published<unknown>[] {
  const next = random(4_000_000);
  const word = (): string => `w${Math.floor(next() * WORDS)}`;
  return [
    ...Array.from({ length: ARTICLES }, (_, n) =>
      rowOf("articles", `a${n}`, {
        ...{ section: SECTIONS[n % SECTIONS.length]!, words: Math.floor(next() * 3_000), price: next() * 20 },
        title: Array.from({ length: 6 }, word).join(" "),
      }),
    ),
    ...Array.from({ length: UNITS }, (_, n) =>
      rowOf("readers", `u${n}`, { age: 18 + Math.floor(next() * 60), region: `r${n % 14}` }),
    ),
    ...Array.from({ length: WORDS }, (_, n) =>
      rowOf("words", `w${n}`, { meaning: JSON.stringify([next(), next(), next(), next()]), share: 1 / (n + 10) }),
    ),
  ];
}

function rowOf(table: string, key: string, values: Readonly<Record<string, string | number>>): Published<unknown> {
  const value = { table, key: [key], validFrom: VALID_FROM, values };
  return { topic: tableRows, key: versionKey(table, value.key, VALID_FROM), value, time: Date.now() };
}
