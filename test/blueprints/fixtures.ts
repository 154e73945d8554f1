import { readFileSync } from "node:fs";
import { parseBlueprint, type Blueprint, BlueprintError, type Problem } from "../../blueprints/index.ts";

export const FLIGHTS = readFileSync(new URL("../../examples/flights.yaml", import.meta.url), "utf8");
/** The flights with the trees that they had at first: topics hold names that follow from this text. */
export const FIRST_FLIGHTS = FLIGHTS.replace(
  /  depth: 5\n(?:.*\n)*?  l2: 5\n/,
  "  depth: 4\n  rounds: 200\n  learningRate: 0.1\n  minChildWeight: 1\n  subsample: 1\n  l2: 1\n",
);

/** Every kind of thing once, one a line: tests change a line and look at what is said about it. */
export const SMALL = `useCase: small
decisionSpace: boolean
context:
  distance: number
  carrier: category
  night: boolean
  tailnum: key
events:
  arrival: { fields: [delay_min] }
features:
  - distance
  - carrier
  - night
  - m_arr: { mean: delay_min, of: arrival, by: [carrier, tailnum], in: 3h }
  - n_arr: { count: true, of: arrival, by: tailnum, in: 24h, open: true }
label:
  name: delayed
  when: kind == "arrival"
  value: delay_min >= 15
  wait: 36h
model:
  depth: 4
policy:
  formulas:
    risk: delayed
  decide: risk > 0.35
join:
  ttl: 48h
training:
  freshRows: 20%
`;

/** SMALL with one piece of its text replaced; fails when the piece isn't there exactly once. */
export function edited(before: string, after: string, text = SMALL): string {
  if (text.split(before).length !== 2) throw new Error(`"${before}" is not in the text exactly once`);
  return text.replace(before, () => after);
}

export function small(before = "", after = ""): Blueprint {
  return parseBlueprint(before === "" ? SMALL : edited(before, after), "small.yaml");
}

export function problemsOf(text: string): readonly Problem[] {
  try {
    parseBlueprint(text, "small.yaml");
  } catch (error) {
    if (error instanceof BlueprintError) return error.problems;
    throw error;
  }
  throw new Error("the blueprint was accepted");
}

/** Of SMALL. */
export const LABEL = `label:
  name: delayed
  when: kind == "arrival"
  value: delay_min >= 15
  wait: 36h
`;
/** SMALL with a second label. */
export const SEVERAL = edited(
  LABEL,
  `labels:
  delayed: { when: kind == "arrival", value: delay_min >= 15, wait: 36h }
  minutes: { value: delay_min, aggregate: sum, wait: 2d, default: 0, objective: regression }
`,
);
