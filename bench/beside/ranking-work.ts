import { random } from "../decisions/work/random.ts";
import type { FurtherWork } from "./live-place.ts";

export const USE_CASE = "articles-of-all";

const NUMBERS = 40;
const SECTIONS = ["home", "sport", "science", "cooking", "travel"];
const HISTORY = 1_000;
const SHOWN = 10;
const ARTICLES = 5_000;
const names = Array.from({ length: NUMBERS }, (_, i) => `x${i}`);

// 50 features an option: 42 entries of it, 3 of the context, 3 made of both, 2 windows.
const blueprint = `
useCase: ${USE_CASE}
decisionSpace:
  options: { section: category, price: number, ${names.map((name) => `${name}: number`).join(", ")} }
context: { hour: number, favourite: category, budget: number }
observations: { clicked: boolean }
events: { read: {} }
features:
${["section", "price", "hour", "favourite", "budget", ...names].map((name) => `  - ${name}`).join("\n")}
  - isFavourite: { formula: section == favourite }
  - dear: { formula: price / (budget + 1) }
  - mixed: { formula: x0 * x1 }
  - seen: { count: true, of: read, by: option, in: 1d }
  - everSeen: { count: true, of: read, by: option, in: 7d }
label: { name: click, value: clicked, wait: 10m, default: 0 }
model: { rounds: 100, depth: 6 }
policy: { rank: { score: click, show: ${SHOWN} } }
training: { schedule: none, minRows: 100, freshRows: 1% }
`;

export const rankingContext = (n: number): Record<string, string | number> => {
  const next = random(7_000_000 + n);
  return { hour: Math.floor(next() * 24), favourite: sectionOf(next()), budget: next() * 100 };
};

const sectionOf = (share: number): string => SECTIONS[Math.floor(share * SECTIONS.length)]!;

export interface BenchCandidate {
  readonly optionId: string;
  readonly context: Readonly<Record<string, string | number>>;
}

export function candidates(n: number, count: number): readonly BenchCandidate[] {
  const next = random(n);
  const first = Math.floor(next() * ARTICLES);
  return Array.from({ length: count }, (_, i) => ({
    optionId: `a${(first + i) % ARTICLES}`,
    context: {
      section: sectionOf(next()),
      price: next() * 50,
      ...Object.fromEntries(names.map((name) => [name, next() * 2 - 1])),
    },
  }));
}

/** Rankings of the last day, of which the first ten options were shown and some were clicked. */
export function rankingWork(): FurtherWork {
  const start = Date.now() - 20 * 3_600_000;
  const decisions: object[] = [];
  const observations: object[] = [];
  for (let n = 0; n < HISTORY; n++) {
    const time = start + n * 60_000;
    const given = candidates(1_000_000 + n, 20);
    const decision_id = `h${n}`;
    decisions.push({
      ...{ decision_id, decision_ts: new Date(time).toISOString(), unit: `u${n % 500}` },
      ...{ ...rankingContext(n), candidates: given },
    });
    const next = random(9_000_000 + n);
    for (const { optionId, context } of given.slice(0, SHOWN)) {
      if (next() > 0.1 + 0.2 * Number(context["x0"]! > context["x1"]!)) continue;
      const event_ts = new Date(time + 30_000).toISOString();
      observations.push({ decision_id, event_ts, optionId, clicked: true, kind: "read" });
    }
  }
  const flags = ["--unit", "unit", "--option-id", "optionId"];
  return { useCase: USE_CASE, blueprint, decisions, observations, flags };
}
